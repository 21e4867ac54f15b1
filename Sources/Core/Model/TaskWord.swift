/// The five words for a task's state in everything that people and programs read.
public enum TaskWord: String, CaseIterable, Codable, Sendable {
  /// It waits: for other tasks, for a limit, for a free slot, or for its next attempt.
  case pending = "PENDING"
  /// The cluster has accepted it, and has not started it.
  case scheduled = "SCHEDULED"
  /// Its command runs.
  case running = "RUNNING"
  /// It is done, and never runs again unless a person resets it.
  case done = "DONE"
  /// It has failed for good in this run; a resume tries it again.
  case fatal = "FATAL"
}
