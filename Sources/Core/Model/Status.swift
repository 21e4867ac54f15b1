/// Where a task is in its life, by the letters of the store.
public enum TaskStatus: String, CaseIterable, Codable, Sendable {
  /// Waits for its upstreams.
  case registering = "G"
  /// Ready: waits for a place.
  case queued = "Q"
  /// An attempt is committed; the executor is about to be told.
  case instantiated = "I"
  /// The executor has accepted it.
  case launched = "O"
  case running = "R"
  case done = "D"
  /// Failed, and will be tried again with the same resources.
  case error = "E"
  /// Failed for want of a resource, and will be tried again with more.
  case adjusting = "A"
  /// Failed for good in this run.
  case fatal = "F"

  /// What people see.
  public var word: TaskWord {
    switch self {
    case .registering, .queued, .instantiated, .error, .adjusting: .pending
    case .launched: .scheduled
    case .running: .running
    case .done: .done
    case .fatal: .fatal
    }
  }
}

/// The five words for a task's state in everything that people and programs read.
public enum TaskWord: String, CaseIterable, Codable, Sendable {
  case pending = "PENDING"
  case scheduled = "SCHEDULED"
  case running = "RUNNING"
  case done = "DONE"
  case fatal = "FATAL"
}

public enum WorkflowStatus: String, CaseIterable, Codable, Sendable {
  case registering = "REGISTERING"
  case queued = "QUEUED"
  case instantiating = "INSTANTIATING"
  case launched = "LAUNCHED"
  case running = "RUNNING"
  case done = "DONE"
  case halted = "HALTED"
  case failed = "FAILED"
  case aborted = "ABORTED"
}

public enum TaskInstanceStatus: String, CaseIterable, Codable, Sendable {
  case queued = "QUEUED"
  case instantiated = "INSTANTIATED"
  case launched = "LAUNCHED"
  case running = "RUNNING"
  case done = "DONE"
  case error = "ERROR"
  case fatal = "FATAL"
  case killed = "KILLED"
  case unknown = "UNKNOWN"
  case noDistributorID = "NO_DISTRIBUTOR_ID"
  case noHeartbeat = "NO_HEARTBEAT"
  case resourceError = "RESOURCE_ERROR"

  /// Whether nothing more is expected of it.
  public var isFinal: Bool {
    switch self {
    case .queued, .instantiated, .launched, .running: false
    default: true
    }
  }
}

public enum WorkflowRunStatus: String, CaseIterable, Codable, Sendable {
  case registered = "REGISTERED"
  case bound = "BOUND"
  case instantiated = "INSTANTIATED"
  case running = "RUNNING"
  case done = "DONE"
  case error = "ERROR"
  case stopped = "STOPPED"
  case terminated = "TERMINATED"
  case coldResume = "COLD_RESUME"
  case hotResume = "HOT_RESUME"

  public var isFinal: Bool {
    switch self {
    case .done, .error, .stopped, .terminated: true
    default: false
    }
  }
}
