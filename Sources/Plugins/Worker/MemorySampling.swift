import Glibc
import LinuxProcesses

/// Samples memory if the kernel does not enforce the limit.
enum MemorySampling {
  /// Microseconds until the next sample, near the limit and far from it.
  static let near: Int64 = 100_000
  static let far: Int64 = 1_000_000

  /// The memory of these processes in bytes. The first sum is fast, but counts a shared page once per process. Only if
  /// it exceeds the limit, the second, exact sum decides.
  static func memory(of processes: [LinuxProcess], limit: Int64) -> Int64 {
    let resident = processes.reduce(0) { $0 + $1.residentMemory }
    guard resident > limit else { return resident }
    return processes.reduce(0) { $0 + ($1.proportionalMemory ?? $1.residentMemory) }
  }

  /// How long to wait after a sample of this size, in microseconds.
  static func pause(after found: Int64, limit: Int64) -> Int64 { found > limit / 2 ? near : far }
}

/// Bytes in readable form: `1.50 GiB`.
func readable(_ bytes: Int64) -> String {
  var value = bytes
  var unit = 0
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]
  var hundredths: Int64 = 0
  while value >= 1024, unit < units.count - 1 {
    hundredths = value % 1024 * 100 / 1024
    value /= 1024
    unit += 1
  }
  if hundredths == 0 { return "\(value) \(units[unit])" }
  return "\(value).\(hundredths < 10 ? "0" : "")\(hundredths) \(units[unit])"
}
