/// The five states of a task in all output for people and programs.
public enum TaskWord: String, CaseIterable, Codable, Sendable {
  /// It waits for other tasks, for a limit, for a free slot, or for its next attempt.
  case pending = "PENDING"
  /// The cluster has accepted it but not started it.
  case scheduled = "SCHEDULED"
  /// Its command is running.
  case running = "RUNNING"
  /// It is done, and never runs again unless a person resets it.
  case done = "DONE"
  /// It has failed permanently in this run. A resume retries it.
  case fatal = "FATAL"
}
