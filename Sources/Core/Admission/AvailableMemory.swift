import Foundation
import JobmonModel

/// The memory of this machine that programs could have now, in bytes, as the kernel estimates it (MemAvailable in
/// proc_meminfo(5)).
enum AvailableMemory {
  /// nil where the kernel does not say.
  static var bytes: Int64? {
    guard let text = OSFile.contents("/proc/meminfo") else { return nil }
    let lines = TextLines.split(String(decoding: text, as: UTF8.self))
    let fields = lines.first { $0.hasPrefix("MemAvailable:") }?.split(separator: " ")
    guard let fields, fields.count > 1 else { return nil }
    return Int64(fields[1])?.clampedProduct(1024)
  }
}
