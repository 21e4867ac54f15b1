/// The kernel's memory counters of a control group.
public struct MemoryCounters: Sendable {
  private let folder: String
  private let isUnified: Bool

  /// - Parameters:
  ///   - folder: the group's folder, in the hierarchy that has the memory controller.
  ///   - isUnified: whether it is version 2.
  public init(folder: String, isUnified: Bool) {
    self.folder = folder
    self.isUnified = isUnified
  }

  /// How many processes in the group the kernel has killed because memory ran out.
  public var outOfMemoryKills: Int64 {
    let text = SmallFile.text(folder + (isUnified ? "/memory.events" : "/memory.oom_control")) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int64($0.dropFirst(9)) } ?? 0
  }

  /// Bytes; nil if the kernel does not report it.
  public var peakMemory: Int64? {
    SmallFile.number(folder + (isUnified ? "/memory.peak" : "/memory.max_usage_in_bytes"))
  }
}
