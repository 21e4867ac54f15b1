import JobmonModel

/// The byte codes of statuses. They are stored: codes are never changed, only added.
enum ChangeCodes {
  private static let tasks: [TaskStatus] = [
    .registering, .queued, .instantiated, .launched, .running, .done, .error, .adjusting, .fatal,
  ]
  private static let instances: [TaskInstanceStatus] = [
    .queued, .instantiated, .launched, .running, .done, .error, .fatal, .killed, .unknown, .noDistributorID,
    .noHeartbeat, .resourceError,
  ]

  static func code(_ status: TaskStatus) -> UInt8 {
    switch status {
    case .registering: 0
    case .queued: 1
    case .instantiated: 2
    case .launched: 3
    case .running: 4
    case .done: 5
    case .error: 6
    case .adjusting: 7
    case .fatal: 8
    }
  }

  static func code(_ status: TaskInstanceStatus) -> UInt8 {
    switch status {
    case .queued: 0
    case .instantiated: 1
    case .launched: 2
    case .running: 3
    case .done: 4
    case .error: 5
    case .fatal: 6
    case .killed: 7
    case .unknown: 8
    case .noDistributorID: 9
    case .noHeartbeat: 10
    case .resourceError: 11
    }
  }

  static func task(_ code: UInt8) -> TaskStatus? {
    tasks.indices.contains(Int(code)) ? tasks[Int(code)] : nil
  }

  static func instance(_ code: UInt8) -> TaskInstanceStatus? {
    instances.indices.contains(Int(code)) ? instances[Int(code)] : nil
  }
}
