/// A task that is FATAL at the end of a run, or a failed attempt when it happens.
public struct FailedTask: Hashable, Codable, Sendable {
  /// The task's id in the store.
  public var taskID: TaskID
  /// The task's name. It need not be unique in its workflow.
  public var name: String
  /// Number of attempts in this run.
  public var attempts: Int
  /// Why, in words.
  public var reason: String
  /// ``Cause/word``; nil if there was no attempt.
  public var cause: String?
  /// The command's exit code; nil if it did not exit by itself.
  public var exitCode: Int?
  /// The number of the signal that ended the command, as on Linux; nil if none did.
  public var signal: Int?
  /// The path of the last attempt's standard output file; nil if there was no attempt, or if it could not start and has
  /// no log files.
  public var stdout: String?
  /// The path of the standard error file, as for ``stdout``.
  public var stderr: String?
  /// The last lines of the standard error file.
  public var stderrTail: String?
  /// The command that was run.
  public var command: String?

  /// A failure from its parts. `command` is the command that was run, for output.
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
