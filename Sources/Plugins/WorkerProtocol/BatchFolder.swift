/// Where things are in the folder of a batch, on a file system that the driver's machine and the nodes share.
///
///     orders                       what all tasks share, and each task's command (``BatchOrders``)
///     claims/0/17.0                task 17 was started for the first time (`.1`: once restarted by the cluster)
///     reports/0/17.0               how that ended (``BatchReport``)
///     log                          what the cluster and the workers have to say beyond that
///
/// A claim is made before anything is started, with O_EXCL: whoever finds it there does not start. The driver makes
/// one, too, before it declares a task lost or starts it elsewhere: then it can never start from here.
public struct BatchFolder: Hashable, Sendable {
  /// Tasks whose claims, or reports, are in one folder.
  public static let block = 1000

  /// The folder's path, the same on the driver's machine and on the nodes.
  public var path: String

  /// Names a folder; nothing is looked at.
  public init(_ path: String) { self.path = path }

  /// The file that ``BatchOrders`` are in.
  public var orders: String { path + "/orders" }
  /// The file that the cluster and the workers write to.
  public var log: String { path + "/log" }

  /// The folder of the claims of ``block`` tasks: those from `block` times that many on.
  public func claims(block: Int) -> String { "\(path)/claims/\(block)" }
  /// The folder of the reports of ``block`` tasks, as ``claims(block:)``.
  public func reports(block: Int) -> String { "\(path)/reports/\(block)" }

  /// The claim for a start of a task: `index` is its index in the batch, `start` 0, or how often the cluster has
  /// restarted it.
  public func claim(_ index: Int, start: Int) -> String {
    "\(claims(block: index / Self.block))/\(index).\(start)"
  }
  /// The report on that start, as ``claim(_:start:)``.
  public func report(_ index: Int, start: Int) -> String {
    "\(reports(block: index / Self.block))/\(index).\(start)"
  }

  /// What a driver's claim, a symbolic link, points to.
  public static let driver = "driver"

  /// The task and the start that a file name of claims or reports means; nil for one that is still being written.
  public static func parse(_ name: some StringProtocol) -> (index: Int, start: Int)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let start = Int(parts[1]) else { return nil }
    return (index, start)
  }
}

/// The file of a batch's commands: a table of offsets, so that a worker reads only its own.
public enum BatchOrders {
  /// More tasks than a batch can have.
  private static let mostTasks = 1 << 32

  /// Begins with the number of entries; entry 0 is what all tasks share, entry n + 1 is task n (empty where the batch
  /// has none of that number). Numbers of eight bytes, little-endian.
  public static func encode(_ setting: CommandSetting, orders: [Int: CommandOrder]) -> [UInt8] {
    let count = (orders.keys.max() ?? -1) + 2
    var body = ByteWriter()
    var offsets: [Int64] = []
    let start = Int64(8 * (count + 2))
    for entry in 0..<count {
      offsets.append(start + Int64(body.bytes.count))
      if entry == 0 {
        DriverFrame.hello(setting).encode(into: &body)
      } else if let order = orders[entry - 1] {
        DriverFrame.run(order).encode(into: &body)
      }
    }
    offsets.append(start + Int64(body.bytes.count))
    var head = ByteWriter()
    head.put(Int64(count))
    for offset in offsets { head.put(offset) }
    return head.bytes + body.bytes
  }

  /// What all tasks share, and one of them.
  ///
  /// - Parameter read: so many bytes from an offset on; nil where the file is shorter.
  /// - Returns: nil where the file has no such task (yet).
  public static func decode(
    _ index: Int, read: (_ offset: Int, _ count: Int) -> [UInt8]?
  ) throws(FrameError) -> (CommandSetting, CommandOrder)? {
    func numbers(_ offset: Int, _ count: Int) -> [Int]? {
      read(offset, 8 * count).map { bytes in
        (0..<count).map { number in
          (0..<8).reduce(0) { $0 | Int(bytes[8 * number + $1]) << (8 * $1) }
        }
      }
    }
    func frame(_ bounds: [Int]) throws(FrameError) -> DriverFrame? {
      guard bounds[0] >= 0, bounds[1] > bounds[0], let bytes = read(bounds[0], bounds[1] - bounds[0]) else {
        return nil
      }
      let decoded: Result<DriverFrame, FrameError> = bytes.withUnsafeBytes { raw in
        do throws(FrameError) { return .success(try DriverFrame(decoding: raw)) } catch {
          return .failure(error)
        }
      }
      return try decoded.get()
    }
    guard let count = numbers(0, 1)?[0], index >= 0, index < mostTasks, index + 1 < count,
      let shared = numbers(8, 2), let own = numbers(8 * (index + 2), 2),
      case .hello(let setting)? = try frame(shared), case .run(let order)? = try frame(own)
    else { return nil }
    return (setting, order)
  }
}

/// What a worker of a batch leaves behind of a command that has ended: exit code or signal, times, figures.
public struct BatchReport: Hashable, Sendable {
  /// The exit code of a worker that could not make its claim, and so has started nothing.
  public static let cannotClaim = 113

  /// How the command ended, and what it used.
  public var report: CommandReport
  /// The node's name.
  public var host: String
  /// The cluster's id of the job, as the job's environment has it.
  public var job: String
  /// How many processes the kernel has ended in the job's control group for want of memory.
  public var outOfMemoryKills: Int64
  /// The signal came by which the cluster warns of the end of the time (USR2).
  public var wasWarned: Bool
  /// The cluster asked for the end (TERM): why is the cluster's to say.
  public var wasTerminated: Bool

  /// Makes a report; the flags and the count as the worker saw them until the command's end.
  public init(
    report: CommandReport, host: String, job: String, outOfMemoryKills: Int64 = 0, wasWarned: Bool = false,
    wasTerminated: Bool = false
  ) {
    self.report = report
    self.host = host
    self.job = job
    self.outOfMemoryKills = outOfMemoryKills
    self.wasWarned = wasWarned
    self.wasTerminated = wasTerminated
  }
}

extension BatchReport: Frame {
  /// Writes it as a file of reports has it.
  public func encode(into writer: inout ByteWriter) {
    writer.put(host)
    writer.put(job)
    writer.put(outOfMemoryKills)
    writer.put(UInt8((wasWarned ? 1 : 0) | (wasTerminated ? 2 : 0)))
    WorkerFrame.ended(report).encode(into: &writer)
  }

  /// Reads what ``encode(into:)`` wrote. Throws ``FrameError``, also where the file is not whole yet.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(FrameError) {
    var reader = ByteReader(bytes)
    host = try reader.text()
    job = try reader.text()
    outOfMemoryKills = try reader.int64()
    let flags = try reader.byte()
    wasWarned = flags & 1 != 0
    wasTerminated = flags & 2 != 0
    guard case .ended(let report) = try WorkerFrame(decoding: reader.rest) else { throw .cutShort }
    self.report = report
  }
}
