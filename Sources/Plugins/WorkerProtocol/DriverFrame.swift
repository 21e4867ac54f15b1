/// What the driver tells a worker.
public enum DriverFrame: Hashable, Sendable {
  /// The first frame: what all commands share.
  case hello(CommandSetting)
  /// Run this command.
  case run(CommandOrder)
  /// End this instance's command and its descendants.
  case cancel(instance: Int64)
  /// End this instance only if it has not started.
  case withdraw(instance: Int64)
  /// End everything, report it, and exit.
  case stop
}

/// What all commands of a worker share. Paths and variables, here and in ``CommandOrder``, are OSText: they may stand for
/// bytes that are no UTF-8.
public struct CommandSetting: Hashable, Sendable {
  /// `NAME=value`.
  public var environment: [String]
  /// The working directory of all commands.
  public var directory: String
  /// Milliseconds between TERM and KILL.
  public var grace: Int64
  /// Whether to enforce memory limits by control groups where they can be made, or else by looking.
  public var usesControlGroups: Bool
  /// Whether a command that exits with 0 has failed where the kernel killed one of its processes for memory.
  public var memoryKillIsFailure: Bool

  /// Makes what all commands share; the grace in milliseconds.
  public init(
    environment: [String], directory: String, grace: Int64, usesControlGroups: Bool,
    memoryKillIsFailure: Bool = true
  ) {
    self.environment = environment
    self.directory = directory
    self.grace = grace
    self.usesControlGroups = usesControlGroups
    self.memoryKillIsFailure = memoryKillIsFailure
  }
}

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

extension DriverFrame: Frame {
  /// Writes one byte for the kind, then the fields in the order of their declaration.
  public func encode(into writer: inout ByteWriter) {
    switch self {
    case .hello(let setting):
      writer.put(1 as UInt8)
      writer.put(setting.environment)
      writer.put(setting.directory)
      writer.put(setting.grace)
      writer.put(UInt8(setting.usesControlGroups ? 1 : 0))
      writer.put(UInt8(setting.memoryKillIsFailure ? 1 : 0))
    case .run(let order):
      writer.put(2 as UInt8)
      writer.put(order.instance)
      writer.put(order.token)
      writer.put(order.command)
      writer.put(order.environment)
      writer.put(order.stdout)
      writer.put(order.stderr)
      writer.put(order.memory)
      writer.put(order.runtime)
      writer.put(order.cores)
      writer.put(UInt8(order.waits ? 1 : 0))
      writer.put(order.slots)
    case .cancel(let instance):
      writer.put(3 as UInt8)
      writer.put(instance)
    case .stop:
      writer.put(4 as UInt8)
    case .withdraw(let instance):
      writer.put(5 as UInt8)
      writer.put(instance)
    }
  }

  /// Reads what ``encode(into:)`` wrote. Throws ``FrameError``.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(FrameError) {
    var reader = ByteReader(bytes)
    switch try reader.byte() {
    case 1:
      self = .hello(
        CommandSetting(
          environment: try reader.list(), directory: try reader.text(), grace: try reader.int64(),
          usesControlGroups: try reader.byte() == 1, memoryKillIsFailure: try reader.byte() == 1))
    case 2:
      self = .run(
        CommandOrder(
          instance: try reader.int64(), token: try reader.text(), command: try reader.text(),
          environment: try reader.list(), stdout: try reader.text(), stderr: try reader.text(),
          memory: try reader.int64(), runtime: try reader.int64(), cores: try reader.int64(),
          waits: try reader.byte() == 1, slots: try reader.int64()))
    case 3: self = .cancel(instance: try reader.int64())
    case 4: self = .stop
    case 5: self = .withdraw(instance: try reader.int64())
    case let kind: throw .unknownKind(kind)
    }
  }
}
