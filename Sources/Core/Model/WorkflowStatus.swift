/// The state of a workflow. The raw values are stored and are part of the public interface.
public enum WorkflowStatus: String, CaseIterable, Codable, Sendable {
  /// It is being stored; some of its tasks may be missing.
  case registering = "REGISTERING"
  /// It is completely stored and was not run.
  case queued = "QUEUED"
  /// Reserved; not set by this version.
  case instantiating = "INSTANTIATING"
  /// Reserved; not set by this version.
  case launched = "LAUNCHED"
  /// A run holds it, or held it until its driver died.
  case running = "RUNNING"
  /// All of its tasks are done.
  case done = "DONE"
  /// Its last run was stopped or handed over to a resume, or a person reset some of its tasks.
  case halted = "HALTED"
  /// Its last run ended by itself before all tasks were done: tasks are FATAL, or fail-fast or a timeout ended it.
  case failed = "FAILED"
  /// Replaced by another workflow after changes of its definition were accepted.
  case aborted = "ABORTED"
}
