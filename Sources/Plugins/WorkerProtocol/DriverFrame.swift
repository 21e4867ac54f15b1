/// A message from the driver to a worker.
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
