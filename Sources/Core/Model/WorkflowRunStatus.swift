/// Where a workflow run is in its life. The raw values are stored, and are part of the contract.
public enum WorkflowRunStatus: String, CaseIterable, Codable, Sendable {
  /// Of the contract; this version does not set it.
  case registered = "REGISTERED"
  /// Of the contract; this version does not set it.
  case bound = "BOUND"
  /// Of the contract; this version does not set it.
  case instantiated = "INSTANTIATED"
  /// It holds the workflow, or did when its driver died.
  case running = "RUNNING"
  /// It ended because all tasks are done.
  case done = "DONE"
  /// It ended by itself before all tasks were done: tasks are FATAL, or a fail-fast or a time-out ended it.
  case error = "ERROR"
  /// It ended at an interrupt, or because a person asked for it.
  case stopped = "STOPPED"
  /// It has handed over to a resume, or its driver was found dead.
  case terminated = "TERMINATED"
  /// A resume that ends what still runs: what the history names as the state before RUNNING.
  case coldResume = "COLD_RESUME"
  /// A resume that takes over what still runs: what the history names as the state before RUNNING.
  case hotResume = "HOT_RESUME"

  /// Whether the run is over.
  public var isFinal: Bool {
    switch self {
    case .done, .error, .stopped, .terminated: true
    default: false
    }
  }
}
