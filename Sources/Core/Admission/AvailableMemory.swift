import Foundation
import JobmonModel

/// The kernel's estimate of the memory available to programs on this machine (MemAvailable in proc_meminfo(5)).
enum AvailableMemory {
  /// In bytes; nil if the kernel does not report it.
  static var bytes: Int64? {
    guard let text = OSFile.contents("/proc/meminfo") else { return nil }
    let lines = TextLines.split(String(decoding: text, as: UTF8.self))
    let fields = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    guard let fields, fields.count > 1 else { return nil }
    return Int64(fields[1])?.clampedProduct(1024)
  }
}
