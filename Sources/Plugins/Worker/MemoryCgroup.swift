import Glibc
import LinuxProcesses

/// A control group for one command, in which the kernel enforces its memory limit. It needs permission to create
/// groups.
struct MemoryCgroup {
  /// The file that moves a process into the group.
  let procs: String
  private let path: String
  private let isUnified: Bool

  /// Creates a group with this limit, in bytes; nil if that is not possible.
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
      // The limit of memory and swap together, if swap is counted at all.
      _ = Self.set("\(limit)", path + "/memory.memsw.limit_in_bytes")
    }
    guard limited else {
      rmdir(path)
      return nil
    }
  }

  var outOfMemoryKills: Int64 { counters.outOfMemoryKills }

  /// Bytes; nil if the kernel does not report it.
  var peakMemory: Int64? { counters.peakMemory }

  private var counters: MemoryCounters { MemoryCounters(folder: path, isUnified: isUnified) }

  func remove() { rmdir(path) }

  private static func set(_ value: String, _ path: String) -> Bool { SmallFile.write(value, to: path) }
}
