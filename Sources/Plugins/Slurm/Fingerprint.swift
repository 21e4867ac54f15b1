import Foundation

/// A 64-bit hash of a file's contents (FNV-1a) in hexadecimal, which distinguishes versions of a program.
func fingerprint(_ data: Data) -> String {
  let hash = data.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  let text = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - text.count) + text
}
