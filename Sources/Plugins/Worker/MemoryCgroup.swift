import Glibc
import LinuxProcesses

/// A control group for one command, in which the kernel enforces its memory limit. Where we may make one.
struct MemoryCgroup {
  /// The file that moves a process into it.
  let procs: String
  private let path: String
  private let isUnified: Bool

  /// Makes one with this limit, in bytes; nil where that is not possible.
  init?(limit: Int64, name: String, in home: MemoryCgroupHome) {
    path = home.path + "/" + name
    procs = path + "/cgroup.procs"
    isUnified = home.isUnified
    guard mkdir(path, 0o755) == 0 else { return nil }
    let limited: Bool
    if isUnified {
      limited = Self.set("\(limit)", path + "/memory.max")
      _ = Self.set("0", path + "/memory.swap.max")
    } else {
      limited = Self.set("\(limit)", path + "/memory.limit_in_bytes")
      // Counts memory and swap together, where swap is counted at all.
      _ = Self.set("\(limit)", path + "/memory.memsw.limit_in_bytes")
    }
    guard limited else {
      rmdir(path)
      return nil
    }
  }

  var outOfMemoryKills: Int64 { counters.outOfMemoryKills }

  /// Bytes; nil where the kernel does not say.
  var peakMemory: Int64? { counters.peakMemory }

  private var counters: MemoryCounters { MemoryCounters(folder: path, isUnified: isUnified) }

  func remove() { rmdir(path) }

  private static func set(_ value: String, _ path: String) -> Bool { SmallFile.write(value, to: path) }
}

/// The folder that control groups with a memory limit can be made in.
struct MemoryCgroupHome {
  let path: String
  let isUnified: Bool

  /// Looks where this process's own group is, and beside it; nil where none can be made.
  init?() {
    for group in ControlGroup.own where group.has("memory") {
      let own = group.folder("memory")
      guard group.isUnified else {
        guard Self.isUsable(own) else { continue }
        self = MemoryCgroupHome(path: own, isUnified: false)
        return
      }
      // A group that has processes cannot limit its children (the root can): then they stand beside it.
      for folder in [own, group.folder("memory", depth: max(0, group.path.count - 1))] {
        let controllers = SmallFile.text(folder + "/cgroup.subtree_control") ?? ""
        guard controllers.split(separator: " ").contains("memory"), Self.isUsable(folder) else { continue }
        self = MemoryCgroupHome(path: folder, isUnified: true)
        return
      }
    }
    return nil
  }

  /// Removes the groups of workers that were killed.
  func removeLeftovers() {
    guard let folder = opendir(path) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let parts = name.split(separator: "-")
      guard parts.count == 3, parts[0] == "jobmon", let worker = pid_t(parts[1]), worker != getpid() else {
        continue
      }
      // One that still has processes is not removed: the kernel sees to that.
      if kill(worker, 0) != 0, errno == ESRCH { rmdir(path + "/" + name) }
    }
  }

  private init(path: String, isUnified: Bool) {
    self.path = path
    self.isUnified = isUnified
  }

  private static func isUsable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
