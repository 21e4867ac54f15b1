import Glibc

/// All processes of this machine (of this PID namespace), as one pass over /proc found them.
///
/// Not a snapshot: processes come and go during the pass. Who must find every one repeats it until it finds none.
public struct ProcessTable: Sendable {
  /// What was found, by id: zombies included.
  public private(set) var processes: [pid_t: LinuxProcess] = [:]
  private var children: [pid_t: [pid_t]] = [:]

  /// Reads /proc: some 10 microseconds a process.
  public init() {
    for id in Self.ids() {
      guard let process = LinuxProcess(id) else { continue }
      processes[id] = process
      children[process.parent, default: []].append(id)
    }
  }

  /// The ids of the processes there are, without reading any.
  public static func ids() -> [pid_t] {
    guard let folder = opendir("/proc") else { return [] }
    defer { closedir(folder) }
    var ids: [pid_t] = []
    while let entry = readdir(folder) {
      let id = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { atoi($0) }
      }
      if id > 0 { ids.append(id) }
    }
    return ids
  }

  /// A process and all its descendants that live, parents first.
  public func tree(of root: pid_t) -> [LinuxProcess] {
    var found: [LinuxProcess] = []
    var waiting = [root]
    while let id = waiting.popLast() {
      if let process = processes[id], !process.isZombie { found.append(process) }
      waiting += children[id] ?? []
    }
    return found
  }

  /// All descendants of a process that live, without itself.
  public func descendants(of root: pid_t) -> [LinuxProcess] { (children[root] ?? []).flatMap(tree) }
}
