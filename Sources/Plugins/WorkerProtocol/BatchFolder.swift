/// The layout of a batch's folder, on a file system shared by the driver's host and the nodes.
///
///     orders                       what all tasks share, and each task's command (``BatchOrders``)
///     claims/0/17.0                the first start of task 17 (`.1`: after the cluster has restarted it once)
///     reports/0/17.0               how that start ended (``BatchReport``)
///     log                          further output of the cluster and the workers
///
/// A worker creates the claim with O_EXCL before it starts anything, and starts nothing if the claim exists. The driver
/// also creates a claim before it declares a task lost or starts it elsewhere: the task can then never start from this
/// folder.
public struct BatchFolder: Hashable, Sendable {
  /// The number of tasks whose claims, or reports, share one folder.
  public static let block = 1000

  /// The folder's path, the same on the driver's host and on the nodes.
  public var path: String

  /// Creates a value for a folder, without accessing it.
  public init(_ path: String) { self.path = path }

  /// The file that contains ``BatchOrders``.
  public var orders: String { path + "/orders" }
  /// The file that the cluster and the workers write to.
  public var log: String { path + "/log" }

  /// The folder of one block of claims: those of ``block`` tasks, the first of which is number `block` times ``block``.
  public func claims(block: Int) -> String { "\(path)/claims/\(block)" }
  /// The folder of one block of reports, as in ``claims(block:)``.
  public func reports(block: Int) -> String { "\(path)/reports/\(block)" }

  /// The claim for a start of a task. `index` is its index in the batch; `start` is how often the cluster has restarted
  /// it, 0 for the first start.
  public func claim(_ index: Int, start: Int) -> String {
    "\(claims(block: index / Self.block))/\(index).\(start)"
  }
  /// The report on that start, as in ``claim(_:start:)``.
  public func report(_ index: Int, start: Int) -> String {
    "\(reports(block: index / Self.block))/\(index).\(start)"
  }

  /// The target of the symbolic link that is a driver's claim.
  public static let driver = "driver"

  /// The task and the start that a file name in claims or reports stands for; nil for a file that is still being
  /// written.
  public static func parse(_ name: some StringProtocol) -> (index: Int, start: Int)? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let index = Int(parts[0]), let start = Int(parts[1]) else { return nil }
    return (index, start)
  }
}

/// The file of a batch's commands: a table of offsets, so that a worker reads only its own command.
public enum BatchOrders {
  /// More tasks than a batch can have.
  private static let mostTasks = 1 << 32

  /// Begins with the number of entries. Entry 0 is what all tasks share. Entry n + 1 is task n, and is empty if the
  /// batch has no task of that number. Numbers have eight bytes, little-endian.
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

  /// Reads what all tasks share, and one task.
  ///
  /// - Parameter read: returns `count` bytes from an offset; nil if the file is shorter.
  /// - Returns: nil if the file does not (yet) contain the task.
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

/// What a worker of a batch leaves in the folder when its command has ended: exit code or signal, times, usage.
public struct BatchReport: Hashable, Sendable {
  /// The exit code of a worker that could not create its claim and has started nothing.
  public static let cannotClaim = 113

  /// How the command ended, and what it used.
  public var report: CommandReport
  /// The name of the node.
  public var host: String
  /// The cluster's job id, from the environment of the job.
  public var job: String
  /// How many processes in the job's control group the kernel has killed because memory ran out.
  public var outOfMemoryKills: Int64
  /// Whether the signal arrived by which the cluster warns of the time limit (USR2).
  public var wasWarned: Bool
  /// Whether the cluster ended the job (TERM). Only the cluster knows why.
  public var wasTerminated: Bool

  /// Creates a report; the flags and the count cover the time until the command's end.
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
  /// Writes the contents of a report file.
  public func encode(into writer: inout ByteWriter) {
    writer.put(host)
    writer.put(job)
    writer.put(outOfMemoryKills)
    writer.put(UInt8((wasWarned ? 1 : 0) | (wasTerminated ? 2 : 0)))
    WorkerFrame.ended(report).encode(into: &writer)
  }

  /// Reads what ``encode(into:)`` wrote. Throws ``FrameError``, also if the file is incomplete.
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
