import JobmonModel

/// One task instance of a batch, with everything needed to run its command.
public struct BatchTask: Codable, Sendable {
  /// Index in the batch, from 0. `<token>.<index>` is the instance's `JOBMON_TOKEN`.
  public var index: Int
  /// The attempt's id in the store. It is unique and never reused; each attempt of a task has a new one.
  public var instance: TaskInstanceID
  /// The task's name, for output: at most 249 bytes, not unique.
  public var name: String
  /// The command. It is run by `/bin/sh -c`, or in a way that gives the same result.
  public var command: String
  /// The node on which the core placed it; nil if the backend places tasks.
  public var node: String?
  /// Whether it waits at its node until fewer than ``places`` tasks of its size run there. Otherwise it starts at once.
  public var waits = false
  /// Number of places for tasks of its size (cores and memory) on its node, shared by all submitted tasks of that size.
  public var places = 1
  /// `NAME=value`, added to the driver's environment. Empty in simulated time, and so are the files
  /// (``SimulatedClock``).
  public var environment: [String]
  /// The attributes of the task in the definition.
  public var attributes: [String: String] = [:]
  /// The standard output file; the path may be the same as that of standard error.
  public var stdout: String
  /// The standard error file.
  public var stderr: String

  /// Creates a task that starts at once, has no attributes, and whose node has one place.
  public init(
    index: Int, instance: TaskInstanceID, name: String, command: String, node: String?, environment: [String],
    stdout: String, stderr: String
  ) {
    self.index = index
    self.instance = instance
    self.name = name
    self.command = command
    self.node = node
    self.environment = environment
    self.stdout = stdout
    self.stderr = stderr
  }
}
