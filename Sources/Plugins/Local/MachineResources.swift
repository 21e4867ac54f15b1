import CLinux
import Foundation
import LinuxProcesses

/// The resources of this machine that this process may use: limited by the hardware, its control groups, and a
/// surrounding Slurm job.
struct MachineResources: Hashable, Sendable {
  /// The host name.
  var name: String
  var cores: Int
  /// Bytes.
  var memory: Int64

  /// - Parameter environment: of the driver, `NAME=value`.
  static func here(environment: [String]) -> MachineResources {
    let groups = ControlGroups()
    let prefix = "SLURM_CPUS_PER_TASK="
    let slurm = environment.last { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
    let cores = [ownCores, groups.cores, slurm].compactMap { $0 }.min() ?? 1
    let physical = Int64(sysconf(Int32(_SC_PHYS_PAGES))) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    return MachineResources(
      name: hostName, cores: max(1, cores),
      memory: min(physical, groups.memory ?? physical))
  }

  /// The name of uname(2): asking the network for a longer one could take seconds.
  private static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The cores that this process may run on.
  private static var ownCores: Int {
    let allowed = Int(clinux_allowed_processors())
    return allowed > 0 ? allowed : sysconf(Int32(_SC_NPROCESSORS_ONLN))
  }
}

/// The limits of the control groups of this process, including their ancestors.
private struct ControlGroups {
  private(set) var cores: Int?
  private(set) var memory: Int64?

  init() {
    for group in ControlGroup.own {
      // A limit of a group applies to all groups below it.
      for depth in 0...group.path.count {
        if group.isUnified {
          readUnified(group.folder("", depth: depth))
          continue
        }
        if group.has("memory") {
          limit(memory: SmallFile.number(group.folder("memory", depth: depth) + "/memory.limit_in_bytes"))
        }
        if group.has("cpu") {
          let folder = group.folder("cpu", depth: depth)
          limit(
            quota: SmallFile.number(folder + "/cpu.cfs_quota_us"),
            period: SmallFile.number(folder + "/cpu.cfs_period_us"))
        }
      }
    }
  }

  private mutating func readUnified(_ folder: String) {
    limit(memory: SmallFile.number(folder + "/memory.max"))
    let words = (SmallFile.text(folder + "/cpu.max") ?? "").split(separator: " ").map { Int64($0) }
    if words.count == 2 { limit(quota: words[0], period: words[1]) }
  }

  private mutating func limit(memory found: Int64?) {
    if let found, found > 0 { memory = min(memory ?? .max, found) }
  }

  private mutating func limit(quota: Int64?, period: Int64?) {
    guard let quota, let period, quota > 0, period > 0 else { return }
    cores = min(cores ?? .max, Int((quota + period - 1) / period))
  }
}
