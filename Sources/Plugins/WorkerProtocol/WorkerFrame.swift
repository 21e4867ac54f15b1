/// What a worker tells its driver.
public enum WorkerFrame: Hashable, Sendable {
  /// The command runs, since this time (milliseconds since 1970).
  case started(instance: Int64, at: Int64)
  /// The command is over, or was never started: one for each order.
  case ended(CommandReport)
  /// The answer to a cancel: whether there was anything to end.
  case cancelled(instance: Int64, wasRunning: Bool)
}

/// Why a command is over.
public enum CommandEnd: Hashable, Sendable {
  /// It exited with this code; 0 is success.
  case exit(Int)
  /// A signal ended it that the worker did not send.
  case signal(Int)
  /// It was ended for using more memory than its order allows.
  case memory
  /// It was ended for running longer than its order allows.
  case runtime
  /// The driver asked for it, or has gone.
  case interrupted
  /// It was never started, or not as it was to be.
  case launchFailure(LaunchFault)
  /// It ran and failed, and the disk of its log files takes nothing more.
  case fullDisk
}

/// Whether another attempt may succeed where a command could not be started. The numbers are those of frames; a report of
/// an earlier version has 0.
public enum LaunchFault: Int, Hashable, CaseIterable, Sendable {
  /// It may go away by itself: no further process, a file system that does not answer.
  case temporary = 0
  /// The working directory cannot be entered, and another attempt on this machine would find the same.
  case directory = 1
  /// Something else, such as a log file that may not be written, that another attempt would find the same.
  case permanent = 2
  /// There is no room for its log files.
  case fullDisk = 3
}

/// How a command ended, and what it used.
public struct CommandReport: Hashable, Sendable {
  /// The attempt's id, as in its order.
  public var instance: Int64
  /// Why the command is over.
  public var end: CommandEnd
  /// Milliseconds since 1970; 0 where it never ran.
  public var started: Int64
  /// Milliseconds since 1970.
  public var ended: Int64
  /// Microseconds by a clock that does not jump.
  public var wall: Int64
  /// Microseconds of processor time, descendants included.
  public var cpu: Int64
  /// Bytes; 0 where it could not be distinguished from the worker's own.
  public var peakMemory: Int64
  /// Figures and circumstances for a person; empty where there are none.
  public var message: String

  /// Makes a report; the wall clock in milliseconds, durations in microseconds, memory in bytes.
  public init(
    instance: Int64, end: CommandEnd, started: Int64, ended: Int64, wall: Int64, cpu: Int64,
    peakMemory: Int64,
    message: String
  ) {
    self.instance = instance
    self.end = end
    self.started = started
    self.ended = ended
    self.wall = wall
    self.cpu = cpu
    self.peakMemory = peakMemory
    self.message = message
  }
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

extension CommandEnd {
  fileprivate var code: (kind: UInt8, value: Int) {
    switch self {
    case .exit(let code): (1, code)
    case .signal(let number): (2, number)
    case .memory: (3, 0)
    case .runtime: (4, 0)
    case .interrupted: (5, 0)
    case .launchFailure(let fault): (6, fault.rawValue)
    case .fullDisk: (7, 0)
    }
  }

  fileprivate init(kind: UInt8, value: Int) throws(FrameError) {
    switch kind {
    case 1: self = .exit(value)
    case 2: self = .signal(value)
    case 3: self = .memory
    case 4: self = .runtime
    case 5: self = .interrupted
    case 6: self = .launchFailure(LaunchFault(rawValue: value) ?? .temporary)
    case 7: self = .fullDisk
    default: throw .unknownKind(kind)
    }
  }
}
