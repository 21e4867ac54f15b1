/// A message from a worker to its driver.
public enum WorkerFrame: Hashable, Sendable {
  /// The command has been running since this time (milliseconds since 1970).
  case started(instance: Int64, at: Int64)
  /// The command has ended or was never started; there is one for each order.
  case ended(CommandReport)
  /// The answer to a cancel: whether there was a command to end.
  case cancelled(instance: Int64, wasRunning: Bool)
}

extension WorkerFrame: Frame {
  /// Writes one byte for the kind, then the fields in a fixed order.
  public func encode(into writer: inout ByteWriter) {
    switch self {
    case .started(let instance, let time):
      writer.put(1 as UInt8)
      writer.put(instance)
      writer.put(time)
    case .ended(let report):
      writer.put(2 as UInt8)
      writer.put(report.instance)
      let (kind, value) = report.end.code
      writer.put(kind)
      writer.put(Int64(value))
      for figure in [report.started, report.ended, report.wall, report.cpu, report.peakMemory] {
        writer.put(figure)
      }
      writer.put(report.message)
    case .cancelled(let instance, let wasRunning):
      writer.put(3 as UInt8)
      writer.put(instance)
      writer.put(UInt8(wasRunning ? 1 : 0))
    }
  }

  /// Reads what ``encode(into:)`` wrote. Throws ``FrameError``.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(FrameError) {
    var reader = ByteReader(bytes)
    switch try reader.byte() {
    case 1: self = .started(instance: try reader.int64(), at: try reader.int64())
    case 2:
      let instance = try reader.int64()
      let end = try CommandEnd(kind: try reader.byte(), value: Int(try reader.int64()))
      self = .ended(
        CommandReport(
          instance: instance, end: end, started: try reader.int64(), ended: try reader.int64(),
          wall: try reader.int64(), cpu: try reader.int64(), peakMemory: try reader.int64(),
          message: try reader.text()))
    case 3: self = .cancelled(instance: try reader.int64(), wasRunning: try reader.byte() == 1)
    case let kind: throw .unknownKind(kind)
    }
  }
}
