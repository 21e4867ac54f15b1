/// The state of a workflow run. The raw values are stored and are part of the public interface.
public enum WorkflowRunStatus: String, CaseIterable, Codable, Sendable {
  /// Reserved; not set by this version.
  case registered = "REGISTERED"
  /// Reserved; not set by this version.
  case bound = "BOUND"
  /// Reserved; not set by this version.
  case instantiated = "INSTANTIATED"
  /// It holds the workflow, or did so until its driver died.
  case running = "RUNNING"
  /// It ended because all tasks are done.
  case done = "DONE"
  /// It ended by itself before all tasks were done: tasks are FATAL, or fail-fast or a timeout ended it.
  case error = "ERROR"
  /// It was interrupted, or a person stopped it.
  case stopped = "STOPPED"
  /// It handed over to a resume, or its driver was found dead.
  case terminated = "TERMINATED"
  /// A resume that cancels running jobs. Recorded in the history as the state before RUNNING.
  case coldResume = "COLD_RESUME"
  /// A resume that takes over running jobs. Recorded in the history as the state before RUNNING.
  case hotResume = "HOT_RESUME"

  /// Whether the run is over.
  public var isFinal: Bool {
    switch self {
    case .done, .error, .stopped, .terminated: true
    default: false
    }
  }
}
