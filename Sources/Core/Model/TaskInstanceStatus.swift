/// The state of a task instance (one attempt). The raw values are stored and are part of the public interface.
public enum TaskInstanceStatus: String, CaseIterable, Codable, Sendable {
  /// Reserved; not set by this version.
  case queued = "QUEUED"
  /// It is committed to the database and about to be given to the executor.
  case instantiated = "INSTANTIATED"
  /// The executor has accepted it.
  case launched = "LAUNCHED"
  /// Its command is running.
  case running = "RUNNING"
  /// Its command ended with exit code 0.
  case done = "DONE"
  /// It failed, and its task will be retried.
  case error = "ERROR"
  /// It failed, and its task will not be retried in this run.
  case fatal = "FATAL"
  /// Ended by jobmon, or together with it. Not counted as a failure.
  case killed = "KILLED"
  /// The cluster no longer knows it, or reports an unknown state.
  case unknown = "UNKNOWN"
  /// It could not be started.
  case noDistributorID = "NO_DISTRIBUTOR_ID"
  /// Reserved; not set by this version.
  case noHeartbeat = "NO_HEARTBEAT"
  /// It ran out of memory or time. Its task may be retried or not.
  case resourceError = "RESOURCE_ERROR"

  /// Whether the attempt is over.
  public var isFinal: Bool {
    switch self {
    case .queued, .instantiated, .launched, .running: false
    default: true
    }
  }
}
