import LinuxProcesses

/// The peak memory of this process. A child's recorded peak starts at this value, because the kernel keeps the parent's
/// peak over the exec. A value at or below it therefore says nothing about the child.
struct OwnPeak {
  /// The kernel's two ways of counting differ by some pages per processor.
  private static let slack: Int64 = 1 << 20
  private var known = Self.read()

  /// Whether a peak is certainly the child's own.
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
