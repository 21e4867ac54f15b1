/// A task that is FATAL at the end of a run, or the failure of an attempt as it happens.
public struct FailedTask: Hashable, Codable, Sendable {
  /// The task's key in the store.
  public var taskID: TaskID
  /// The task's name, which need not be unique in its workflow.
  public var name: String
  /// Attempts in this run.
  public var attempts: Int
  /// Why, in words.
  public var reason: String
  /// ``Cause/word``; nil where there was no attempt.
  public var cause: String?
  /// The command's exit code; nil where it did not end by itself.
  public var exitCode: Int?
  /// The signal that ended the command, by its number on Linux; nil where none did.
  public var signal: Int?
  /// Paths of the last attempt's log files; nil where there was no attempt, or where it could not start and has none.
  public var stdout: String?
  /// The standard error file, as ``stdout``.
  public var stderr: String?
  /// The last lines of the standard error file.
  public var stderrTail: String?
  /// What was run.
  public var command: String?

  /// A failure from its parts. `command` is what was run, for people.
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
