import CLinux
import Glibc
import LinuxProcesses

/// Orphans: processes whose parent ended before them, and the task instances they belong to. As the subreaper we become
/// the parent of every such process.
struct Orphans {
  private struct Orphan {
    var owner: Int64
    /// Whether it was sent TERM.
    var isMarked = false
  }

  private var orphans: [pid_t: Orphan] = [:]
  private let children = ChildrenFile()
  /// The command that ended last: an orphan without any sign of its origin counts as its own.
  var suspect: Command?

  /// Finds orphans that are new.
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

  /// It was sent TERM; false where it had been before.
  mutating func mark(_ process: pid_t) -> Bool {
    guard orphans[process]?.isMarked == false else { return false }
    orphans[process]?.isMarked = true
    return true
  }

  /// It was reaped; the instance that it belonged to.
  mutating func forget(_ process: pid_t) -> Int64? { orphans.removeValue(forKey: process)?.owner }

  private enum Origin {
    case command(Int64)
    /// It escaped when the rest of its command was ended.
    case gone
    /// It has no sign left, and there are several commands it may belong to. It is looked at again when one of them ends.
    case unknown
  }

  /// By its environment; where it has none of ours, by its mark; where there are no marks, by its process group or the
  /// files it writes to; where it has left these, too, by what can have started it.
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
    // Within a tick (10 ms) the order of process ids tells who came first.
    let possible = commands.values.filter { command in
      let start = Clock.ticks(command.started)
      return start < found.startTime || (start == found.startTime && command.process < process)
    }
    if possible.count == 1 { return .command(possible[0].instance) }
    if let suspect, possible.contains(where: { $0 === suspect }) { return .command(suspect.instance) }
    return possible.isEmpty ? .gone : .unknown
  }
}

/// The kernel's list of our children.
private struct ChildrenFile {
  private let file: Int32

  init() {
    let process = getpid()
    file = clinux_open_read("/proc/\(process)/task/\(process)/children")
  }

  func read() -> [pid_t] {
    // A kernel without CONFIG_PROC_CHILDREN: slower.
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
