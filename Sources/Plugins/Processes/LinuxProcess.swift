import CLinux
import Glibc
import OSText

/// One process, as read from `/proc/PID/stat`.
public struct LinuxProcess: Hashable, Sendable {
  /// The process id, which the kernel reuses after the process is reaped.
  public var id: pid_t
  /// The id of the parent; 1, or that of a subreaper, after the parent has ended; 0 if it is in another PID namespace.
  public var parent: pid_t
  /// The id of its process group.
  public var group: pid_t
  /// A state letter of proc(5): R, S, Z, ...
  public var state: UInt8
  /// Clock ticks since the machine started. Together with the id it identifies a process uniquely.
  public var startTime: UInt64
  /// Bytes.
  public var residentMemory: Int64

  /// Whether it has ended and was not reaped by its parent.
  public var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

  /// Reads `/proc/PID/stat`; nil if the process does not exist or the file cannot be read.
  public init?(_ id: pid_t) {
    guard let bytes = SmallFile.bytes("/proc/\(id)/stat"), let name = bytes.lastIndex(of: UInt8(ascii: ")"))
    else {
      return nil
    }
    // The name, in parentheses, may contain blanks; the fields after it do not. Field 3, the state, comes first.
    let fields = bytes[(name + 1)...].split(separator: UInt8(ascii: " "))
    guard fields.count > 21 else { return nil }
    func number(_ field: Int) -> Int64 {
      fields[field - 3].reduce(0) { $1 == UInt8(ascii: "-") ? $0 : $0 &* 10 &+ Int64($1 &- 48) }
    }
    self.id = id
    state = fields[0].first ?? 0
    parent = pid_t(truncatingIfNeeded: number(4))
    group = pid_t(truncatingIfNeeded: number(5))
    startTime = UInt64(bitPattern: number(22))
    residentMemory = number(24) * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Sends it a signal, but never to another process that has got the same id since.
  ///
  /// - Returns: false if the process belongs to another user and this one has no permission.
  @discardableResult
  public func send(_ signal: Int32) -> Bool {
    let file = clinux_pidfd_open(id)
    guard file >= 0 else { return true }
    defer { close(file) }
    // The descriptor refers to the process that has the id now: check that it is still the same one.
    guard LinuxProcess(id)?.startTime == startTime else { return true }
    return clinux_pidfd_send_signal(file, signal) == 0 || errno != EPERM
  }

  /// The name of its program, as the kernel stores it: at most 15 bytes.
  public var programName: String { SmallFile.text("/proc/\(id)/comm") ?? "" }

  /// Its proportional share of resident memory, in bytes: a page shared by n processes counts as 1/n.
  public var proportionalMemory: Int64? {
    guard let text = SmallFile.text("/proc/\(id)/smaps_rollup") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("Pss:") {
      return Int64(line.filter(\.isNumber)).map { $0 * 1024 }
    }
    return nil
  }

  /// Whether it has a handler for a signal.
  public func catches(_ signal: Int32) -> Bool {
    guard let text = SmallFile.text("/proc/\(id)/status") else { return false }
    let line = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    let mask = line.flatMap { UInt64($0.dropFirst(7).drop { !$0.isHexDigit }, radix: 16) } ?? 0
    return mask & 1 << UInt64(signal - 1) != 0
  }

  /// The file behind one of its descriptors; it need not have a name.
  public func file(ofDescriptor number: Int) -> OpenFile? { OpenFile(path: "/proc/\(id)/fd/\(number)") }
}

extension LinuxProcess {
  /// Identifies a process uniquely, although its id may be reused.
  public struct Key: Hashable, Sendable {
    var id: pid_t
    var startTime: UInt64
  }

  /// The unique key of the process.
  public var key: Key { Key(id: id, startTime: startTime) }
}
