import JobmonModel

/// One task instance of a batch: everything needed to run its command.
public struct BatchTask: Codable, Sendable {
  /// Index in the batch, from 0. `<token>.<index>` is the instance's `JOBMON_TOKEN`.
  public var index: Int
  /// The attempt's id in the store: unique there for all time, another one for each attempt of a task.
  public var instance: TaskInstanceID
  /// The task's name, for people: at most 249 bytes, and several tasks may have the same.
  public var name: String
  /// Run by `/bin/sh -c`, or so that nobody can tell the difference.
  public var command: String
  /// The node that the core placed it on; nil where the backend places.
  public var node: String?
  /// Whether it waits at its node until fewer than ``places`` tasks of its size run there; else it starts at once.
  public var waits = false
  /// The places that its node has for tasks of its size (its cores and memory), for all that were submitted.
  public var places = 1
  /// `NAME=value`, added to the driver's environment. Empty in simulated time, as are the files (``SimulatedClock``).
  public var environment: [String]
  /// What the definition says of it beyond what is run (`attributes`).
  public var attributes: [String: String] = [:]
  /// The files that standard output and standard error go to; equal paths are one file.
  public var stdout: String
  /// See ``stdout``.
  public var stderr: String

  /// Makes a task that starts at once, has no attributes, and whose node has one place.
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
