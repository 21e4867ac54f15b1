/// A task that is FATAL at the end of a run, or the failure of an attempt as it happens.
public struct FailedTask: Hashable, Codable, Sendable {
  public var taskID: TaskID
  public var name: String
  /// Attempts in this run.
  public var attempts: Int
  /// Why, in words.
  public var reason: String
  /// ``Cause/word``; nil where there was no attempt.
  public var cause: String?
  public var exitCode: Int?
  public var signal: Int?
  /// Paths of the last attempt's log files; nil where there was no attempt, or where it could not be started and has none.
  public var stdout: String?
  public var stderr: String?
  /// The last lines of the standard error file.
  public var stderrTail: String?
  /// What was run.
  public var command: String?

  public init(
    taskID: TaskID, name: String, attempts: Int, reason: String, cause: String?, exitCode: Int?, signal: Int?,
    stdout: String?, stderr: String?, stderrTail: String?, command: String? = nil
  ) {
    self.taskID = taskID
    self.name = name
    self.attempts = attempts
    self.reason = reason
    self.cause = cause
    self.exitCode = exitCode
    self.signal = signal
    self.stdout = stdout
    self.stderr = stderr
    self.stderrTail = stderrTail
    self.command = command
  }
}
