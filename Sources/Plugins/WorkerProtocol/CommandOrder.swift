/// One command to run.
public struct CommandOrder: Hashable, Sendable {
  /// The attempt's id, which identifies the command in all later frames.
  public var instance: Int64
  /// `<batch token>.<index>`: in the environment, identifies the processes of the command.
  public var token: String
  /// Run with `/bin/sh -c`.
  public var command: String
  /// `NAME=value`; overrides the shared environment.
  public var environment: [String]
  /// The path of the file for standard output.
  public var stdout: String
  /// The path of the file for standard error; with the same path as ``stdout`` both go to one file.
  public var stderr: String
  /// Bytes; 0 for no limit.
  public var memory: Int64
  /// Milliseconds; 0 for no limit.
  public var runtime: Int64
  /// Commands with equal cores and memory have the same size.
  public var cores: Int64
  /// Whether it waits until fewer than ``slots`` commands of its size run; otherwise it starts at once.
  public var waits: Bool
  /// The number of slots for commands of this size, including occupied ones.
  public var slots: Int64

  /// Creates an order; memory in bytes, runtime in milliseconds, 0 for no limit.
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
