/// Where a task is in its life, by the letters of the store.
public enum TaskStatus: String, CaseIterable, Codable, Sendable {
  /// Waits for its upstreams.
  case registering = "G"
  /// Ready: waits for a free slot.
  case queued = "Q"
  /// An attempt is committed; the executor is about to be told.
  case instantiated = "I"
  /// The executor has accepted it.
  case launched = "O"
  /// Its command runs, as far as the cluster has said.
  case running = "R"
  /// An attempt has ended with exit code 0, or a person has set the task to DONE.
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
