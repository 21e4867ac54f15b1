import CLinux
import Glibc
import OSText

/// One process, as `/proc/PID/stat` showed it.
public struct LinuxProcess: Hashable, Sendable {
  /// Its process id, which the kernel uses again once the process is reaped.
  public var id: pid_t
  /// The id of its parent; 1, or that of a subreaper, once its own has ended; 0 where that is in another PID namespace.
  public var parent: pid_t
  /// The id of its process group.
  public var group: pid_t
  /// A letter of proc(5): R, S, Z, ...
  public var state: UInt8
  /// Clock ticks since the machine started. With the id, it names a process for good.
  public var startTime: UInt64
  /// Bytes.
  public var residentMemory: Int64

  /// Ended, and not yet reaped by its parent.
  public var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }

  /// Reads `/proc/PID/stat`; nil where there is no such process, or it cannot be read.
  public init?(_ id: pid_t) {
    guard let bytes = SmallFile.bytes("/proc/\(id)/stat"), let name = bytes.lastIndex(of: UInt8(ascii: ")"))
    else {
      return nil
    }
    // The name, between parentheses, may hold blanks; the fields after it do not. Field 3, the state, is the first.
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

  /// Sends it a signal, and nobody else who may have got its number meanwhile.
  ///
  /// - Returns: false where it is another user's, and this one may not.
  @discardableResult
  public func send(_ signal: Int32) -> Bool {
    let file = clinux_pidfd_open(id)
    guard file >= 0 else { return true }
    defer { close(file) }
    // The descriptor stands for whoever has the number now: still the same one?
    guard LinuxProcess(id)?.startTime == startTime else { return true }
    return clinux_pidfd_send_signal(file, signal) == 0 || errno != EPERM
  }

  /// The name of its program, as the kernel keeps it: at most 15 bytes.
  public var programName: String { SmallFile.text("/proc/\(id)/comm") ?? "" }

  /// The proportional share of what it has in memory, in bytes: pages shared by n processes count as 1/n.
  public var proportionalMemory: Int64? {
    guard let text = SmallFile.text("/proc/\(id)/smaps_rollup") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("Pss:") {
      return Int64(line.filter(\.isNumber)).map { $0 * 1024 }
    }
    return nil
  }

  /// Whether it has a handler of its own for a signal.
  public func catches(_ signal: Int32) -> Bool {
    guard let text = SmallFile.text("/proc/\(id)/status") else { return false }
    let line = text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    let mask = line.flatMap { UInt64($0.dropFirst(7).drop { !$0.isHexDigit }, radix: 16) } ?? 0
    return mask & 1 << UInt64(signal - 1) != 0
  }

  /// The file that one of its descriptors is of, which need not have a name.
  public func file(ofDescriptor number: Int) -> OpenFile? { OpenFile(path: "/proc/\(id)/fd/\(number)") }
}

extension LinuxProcess {
  /// Names a process for good, while its id alone may be used again.
  public struct Key: Hashable, Sendable {
    var id: pid_t
    var startTime: UInt64
  }

  /// What names it for good.
  public var key: Key { Key(id: id, startTime: startTime) }
}
