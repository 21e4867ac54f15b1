@testable import JobmonModel
@testable import JobmonStore

/// The part of a store that a simulation needs: what is committed and survives the driver.
struct SimulatedStore {
  var statuses: [TaskStatus]
  var open: [TaskInstanceID: OpenInstance] = [:]
  var lastInstance: TaskInstanceID = 0
  /// Committed ends of the current run, by task: those that count as attempts, and infrastructure failures.
  var counted: [TaskIndex: Int] = [:]
  var infrastructure: [TaskIndex: Int] = [:]
  var resourceFailures: [TaskIndex: ResourceFailure] = [:]
  /// The history, one line per change.
  var history: [String] = []
  private var batches: [String: BatchRecord] = [:]

  init(tasks: Int) { statuses = Array(repeating: .registering, count: tasks) }

  mutating func beginRun() {
    counted = [:]
    infrastructure = [:]
  }

  mutating func reserve(_ count: Int) -> Range<TaskInstanceID> {
    defer { lastInstance += TaskInstanceID(count) }
    return lastInstance + 1..<lastInstance + 1 + TaskInstanceID(count)
  }

  mutating func apply(_ transition: Transition) throws {
    history.append("\(transition)")
    switch transition {
    case .batch(let record): batches[record.token] = record
    case .instantiated(let token, let attempts, _):
      for attempt in attempts {
        guard statuses[Int(attempt.task)] != .done else {
          throw Breach("task \(attempt.task) is DONE and has another attempt")
        }
        if let other = open.values.first(where: { $0.task == attempt.task }) {
          throw Breach(
            "task \(attempt.task) gets instance \(attempt.instance) while \(other.instance) has not ended")
        }
        statuses[Int(attempt.task)] = .instantiated
        open[attempt.instance] = OpenInstance(
          instance: attempt.instance, task: attempt.task, attempt: attempt.attempt, run: 1, cluster: "dummy",
          token: token, index: attempt.index, request: batches[token]!.request, handle: nil, started: nil)
      }
    case .launched(_, let launches, let handle, _):
      for instance in launches.map(\.instance) {
        guard open[instance] != nil else { throw Breach("instance \(instance) is launched after its end") }
        open[instance]!.handle = handle
      }
    case .started(let instance, let task, _, let time):
      guard open[instance]?.task == task else { throw Breach("instance \(instance) starts after its end") }
      open[instance]!.started = time
    case .ended(let end):
      guard let old = open.removeValue(forKey: end.instance), old.task == end.task else {
        throw Breach("instance \(end.instance) ends twice")
      }
      // A task that a user has set to done stays done, however its last job ended.
      if end.from != .done { statuses[Int(end.task)] = end.taskStatus }
      switch end.outcome.cause.failureClass {
      case .application?, .resource?: counted[end.task, default: 0] += 1
      case .infrastructure?: infrastructure[end.task, default: 0] += 1
      case .ours?, .user?, nil: break
      }
      // An attempt that the driver ended says nothing about what the task needs.
      if end.outcome.cause.failureClass != .ours { resourceFailures[end.task] = nil }
      if case .resource(let resource)? = end.outcome.cause.failureClass {
        resourceFailures[end.task] = ResourceFailure(task: end.task, resource: resource, request: old.request)
      }
    case .tasks(let tasks, _, let to, _, _): for task in tasks { statuses[Int(task)] = to }
    case .rerun(let record): for task in record.done + record.fatal { statuses[Int(task)] = .registering }
    case .usage, .adopted, .waiting: break
    }
  }
}

/// A violated law, or a run that does not end.
struct Breach: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
