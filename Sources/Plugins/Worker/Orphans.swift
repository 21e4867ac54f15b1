import CLinux
import Glibc
import LinuxProcesses

/// Orphans: processes whose parent ended before them, and the task instances they belong to. The worker is the
/// subreaper and becomes the parent of every such process.
struct Orphans {
  private struct Orphan {
    var owner: Int64
    /// Whether it was sent TERM.
    var isMarked = false
  }

  private var orphans: [pid_t: Orphan] = [:]
  private let children = ChildrenFile()
  /// The command that ended last: an orphan without any mark counts as part of it.
  var suspect: Command?

  /// Finds new orphans.
  mutating func look(mains: [pid_t: Command], commands: [Int64: Command]) {
    for child in children.read() where mains[child] == nil && orphans[child] == nil {
      switch origin(of: child, commands) {
      case .command(let instance): orphans[child] = Orphan(owner: instance)
      case .gone: kill(child, SIGKILL)
      case .unknown: break
      }
    }
  }

  func processes(of instance: Int64) -> [pid_t] {
    orphans.isEmpty ? [] : orphans.filter { $0.value.owner == instance }.map(\.key)
  }

  /// Records that TERM was sent. Returns false if that was already recorded.
  mutating func mark(_ process: pid_t) -> Bool {
    guard orphans[process]?.isMarked == false else { return false }
    orphans[process]?.isMarked = true
    return true
  }

  /// Records that it was reaped. Returns the instance that it belonged to.
  mutating func forget(_ process: pid_t) -> Int64? { orphans.removeValue(forKey: process)?.owner }

  private enum Origin {
    case command(Int64)
    /// It escaped when the other processes of its command were ended.
    case gone
    /// It has no mark, and could belong to several commands. It is examined again when one of them ends.
    case unknown
  }

  /// Identifies the command by the environment; if that contains no token, by the mark; if marks are not available, by
  /// the process group or the output files; and finally by which commands can have started it.
  private func origin(of process: pid_t, _ commands: [Int64: Command]) -> Origin {
    let tokens = ProcessEnvironment(of: process).tokens
    if let command = commands.values.first(where: { tokens.contains($0.token) }) {
      return .command(command.instance)
    }
    guard tokens.isEmpty else { return .gone }
    if let mark = ProcessMark(of: process), let command = commands.values.first(where: { $0.mark == mark }) {
      return .command(command.instance)
    }
    guard let found = LinuxProcess(process) else { return .unknown }
    if let command = commands.values.first(where: { $0.process == found.group }) {
      return .command(command.instance)
    }
    let files = [1, 2].compactMap { found.file(ofDescriptor: $0) }
    if let command = commands.values.first(where: { $0.files.contains { $0.isOne(of: files) } }) {
      return .command(command.instance)
    }
    // Within a tick (10 ms) the order of the process ids shows which started first.
    let possible = commands.values.filter { command in
      let start = Clock.ticks(command.started)
      return start < found.startTime || (start == found.startTime && command.process < process)
    }
    if possible.count == 1 { return .command(possible[0].instance) }
    if let suspect, possible.contains(where: { $0 === suspect }) { return .command(suspect.instance) }
    return possible.isEmpty ? .gone : .unknown
  }
}

/// The kernel's list of this process's children.
private struct ChildrenFile {
  private let file: Int32

  init() {
    let process = getpid()
    file = clinux_open_read("/proc/\(process)/task/\(process)/children")
  }

  func read() -> [pid_t] {
    // Slower, for a kernel without CONFIG_PROC_CHILDREN.
    guard file >= 0 else {
      return ProcessTable().descendants(of: getpid()).filter { $0.parent == getpid() }.map(\.id)
    }
    var size = 4096
    while true {
      let found: [pid_t]? = withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { buffer in
        let count = pread(file, buffer.baseAddress, size, 0)
        return count == size ? nil : Self.numbers(buffer[..<max(0, count)])
      }
      if let found { return found }
      size *= 4
    }
  }

  private static func numbers(_ text: Slice<UnsafeMutableRawBufferPointer>) -> [pid_t] {
    var numbers: [pid_t] = []
    var number: pid_t = 0
    for byte in text {
      if byte == UInt8(ascii: " ") {
        numbers.append(number)
        number = 0
      } else {
        number = number * 10 + pid_t(byte - 48)
      }
    }
    return numbers
  }
}
