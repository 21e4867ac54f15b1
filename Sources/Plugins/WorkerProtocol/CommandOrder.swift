/// One command to run.
public struct CommandOrder: Hashable, Sendable {
  /// The attempt's id: every later frame names the command by it.
  public var instance: Int64
  /// `<batch token>.<index>`: finds what belongs to the command by its environment.
  public var token: String
  /// Run by `/bin/sh -c`.
  public var command: String
  /// `NAME=value`, over the shared environment.
  public var environment: [String]
  /// The path of the file that standard output goes to.
  public var stdout: String
  /// The path of the file for standard error; the same path as ``stdout`` is one file.
  public var stderr: String
  /// Bytes; 0 is no limit.
  public var memory: Int64
  /// Milliseconds; 0 is no limit.
  public var runtime: Int64
  /// Commands of equal cores and memory are of one size.
  public var cores: Int64
  /// Whether it waits until fewer than ``slots`` commands of its size run; else it starts at once.
  public var waits: Bool
  /// The slots that there are for commands of this size, those that run included.
  public var slots: Int64

  /// Makes an order; memory in bytes, runtime in milliseconds, 0 is no limit.
  public init(
    instance: Int64, token: String, command: String, environment: [String], stdout: String, stderr: String,
    memory: Int64, runtime: Int64, cores: Int64 = 1, waits: Bool = false, slots: Int64 = 1
  ) {
    self.instance = instance
    self.token = token
    self.command = command
    self.environment = environment
    self.stdout = stdout
    self.stderr = stderr
    self.memory = memory
    self.runtime = runtime
    self.cores = cores
    self.waits = waits
    self.slots = slots
  }
}
