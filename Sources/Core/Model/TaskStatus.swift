/// The state of a task, as a letter in the store.
public enum TaskStatus: String, CaseIterable, Codable, Sendable {
  /// Waiting for upstream tasks.
  case registering = "G"
  /// Ready; waiting for a free slot.
  case queued = "Q"
  /// An attempt is committed and about to be given to the executor.
  case instantiated = "I"
  /// The executor has accepted the attempt.
  case launched = "O"
  /// Its command is running, according to the cluster.
  case running = "R"
  /// An attempt ended with exit code 0, or a person set the task to DONE.
  case done = "D"
  /// Failed; will be retried with the same resources.
  case error = "E"
  /// Failed for lack of a resource; will be retried with more.
  case adjusting = "A"
  /// Failed permanently in this run.
  case fatal = "F"

  /// The state shown to users.
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
