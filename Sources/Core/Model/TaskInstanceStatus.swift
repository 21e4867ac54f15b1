/// Where a task instance, one attempt, is in its life. The raw values are stored, and are part of the contract.
public enum TaskInstanceStatus: String, CaseIterable, Codable, Sendable {
  /// Of the contract; this version does not set it.
  case queued = "QUEUED"
  /// It is committed; the executor is about to be told of it.
  case instantiated = "INSTANTIATED"
  /// The executor has accepted it.
  case launched = "LAUNCHED"
  /// Its command runs.
  case running = "RUNNING"
  /// Its command ended with exit code 0.
  case done = "DONE"
  /// It failed, and its task is tried again.
  case error = "ERROR"
  /// It failed, and its task is not tried again in this run.
  case fatal = "FATAL"
  /// We ended it ourselves, or it ended with us: it does not count as a failure.
  case killed = "KILLED"
  /// The cluster no longer knows it, or shows a state without a meaning.
  case unknown = "UNKNOWN"
  /// It could not start.
  case noDistributorID = "NO_DISTRIBUTOR_ID"
  /// Of the contract; this version does not set it.
  case noHeartbeat = "NO_HEARTBEAT"
  /// It ran out of memory or time, whether its task is tried again or not.
  case resourceError = "RESOURCE_ERROR"

  /// Whether nothing more is expected of it.
  public var isFinal: Bool {
    switch self {
    case .queued, .instantiated, .launched, .running: false
    default: true
    }
  }
}
