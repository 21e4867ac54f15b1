import LinuxProcesses

/// The highest memory use of this process. A child's recorded peak begins there: the kernel carries the parent's
/// over the exec, so a figure at or below it says nothing about the child.
struct OwnPeak {
  private var known = Self.read()

  /// Whether a figure is certainly a child's own.
  mutating func isBelow(_ peak: Int64) -> Bool {
    guard peak > known else { return false }
    known = Self.read()  // it may have grown
    return peak > known
  }

  /// Bytes.
  private static func read() -> Int64 {
    for line in (SmallFile.text("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return line.dropFirst(6).split(separator: " ").first.flatMap { Int64($0) }.map { $0 * 1024 } ?? 0
    }
    return 0
  }
}
