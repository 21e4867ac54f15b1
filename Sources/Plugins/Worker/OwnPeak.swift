import LinuxProcesses

/// The highest memory use of this process. A child's recorded peak begins there: the kernel carries the parent's
/// over the exec, so a figure at or below it says nothing about the child.
struct OwnPeak {
  /// The kernel's two ways of counting differ by some pages a processor.
  private static let slack: Int64 = 1 << 20
  private var known = Self.read()

  /// Whether a figure is certainly a child's own.
  mutating func isBelow(_ peak: Int64) -> Bool {
    guard peak > known + Self.slack else { return false }
    known = Self.read()  // it may have grown
    return peak > known + Self.slack
  }

  /// Bytes.
  private static func read() -> Int64 {
    for line in (SmallFile.text("/proc/self/status") ?? "").split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      return (Int64(line.filter(\.isNumber)) ?? 0) * 1024
    }
    return 0
  }
}
