/// Where a workflow is in its life. The raw values are stored, and are part of the contract.
public enum WorkflowStatus: String, CaseIterable, Codable, Sendable {
  /// It is being stored: not all of its tasks are there yet.
  case registering = "REGISTERING"
  /// It is stored as a whole, and has not been run.
  case queued = "QUEUED"
  /// Of the contract; this version does not set it.
  case instantiating = "INSTANTIATING"
  /// Of the contract; this version does not set it.
  case launched = "LAUNCHED"
  /// A run holds it, or held it until its driver died.
  case running = "RUNNING"
  /// All of its tasks are done.
  case done = "DONE"
  /// Its last run was stopped or has handed over to a resume, or a person has set tasks of it back.
  case halted = "HALTED"
  /// Its last run ended by itself before all tasks were done: tasks are FATAL, or a fail-fast or a time-out ended
  /// it.
  case failed = "FAILED"
  /// Another workflow has taken its place: changes of its definition were accepted.
  case aborted = "ABORTED"
}
