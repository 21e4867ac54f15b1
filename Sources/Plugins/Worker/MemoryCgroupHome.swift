import Glibc
import LinuxProcesses

/// The folder in which control groups with a memory limit can be created.
struct MemoryCgroupHome {
  let path: String
  let isUnified: Bool

  /// Looks at this process's own group and its parent; nil if no group can be created.
  init?() {
    for group in ControlGroup.own where group.has("memory") {
      let own = group.folder("memory")
      guard group.isUnified else {
        guard Self.isUsable(own) else { continue }
        self = MemoryCgroupHome(path: own, isUnified: false)
        return
      }
      // A group with processes cannot limit its children, except the root: the groups are then created beside it.
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
      // rmdir fails for a group that still has processes.
      if kill(worker, 0) != 0, errno == ESRCH { rmdir(path + "/" + name) }
    }
  }

  private init(path: String, isUnified: Bool) {
    self.path = path
    self.isUnified = isUnified
  }

  private static func isUsable(_ path: String) -> Bool { access(path, W_OK) == 0 }
}
