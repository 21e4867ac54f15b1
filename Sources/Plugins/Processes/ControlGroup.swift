/// A control group of this process.
public struct ControlGroup: Hashable, Sendable {
  private static let mount = "/sys/fs/cgroup"

  /// The controllers of its hierarchy; empty for the single hierarchy of version 2.
  public let controllers: [String]
  /// The names from the root of the hierarchy down to the group.
  public let path: [String]

  /// Whether it is version 2, where one hierarchy has all controllers.
  public var isUnified: Bool { controllers.isEmpty }

  /// The control groups of this process.
  public static var own: [ControlGroup] { parse(SmallFile.text("/proc/self/cgroup") ?? "") }

  /// Parses lines such as `4:cpu,cpuacct:/a/b` or `0::/a/b` (cgroups(7)).
  public static func parse(_ text: String) -> [ControlGroup] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return ControlGroup(
        controllers: fields[1].split(separator: ",").map(String.init),
        path: fields[2].split(separator: "/").map(String.init))
    }
  }

  /// Whether the hierarchy can have this controller.
  public func has(_ controller: String) -> Bool { isUnified || controllers.contains(controller) }

  /// The folder with a controller's files: of the group itself, or of its ancestor `depth` names below the root. In a
  /// container the path may be visible only on the host; the folder of the root always exists.
  public func folder(_ controller: String, depth: Int? = nil) -> String {
    let root = isUnified ? Self.mount : Self.mount + "/" + controller
    return ([root] + path.prefix(depth ?? path.count)).joined(separator: "/")
  }
}
