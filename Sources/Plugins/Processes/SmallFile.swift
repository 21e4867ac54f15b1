import CLinux
import Glibc
import OSText

/// Reads and writes files of /proc and /sys: small, read whole, and often gone by the time they are opened.
public enum SmallFile {
  /// The contents of the file; nil if it cannot be read.
  public static func bytes(_ path: String) -> [UInt8]? {
    let file = OSText.withCString(path) { clinux_open_read($0) }
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    while true {
      let count = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { piece in
        let count = read(file, piece.baseAddress, piece.count)
        if count > 0 { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece[..<count])) }
        return count
      }
      guard count >= 0 else { return nil }
      if count == 0 { return bytes }
    }
  }

  /// The contents as text, without the line break at the end.
  public static func text(_ path: String) -> String? {
    guard var bytes = bytes(path) else { return nil }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The number in the file; nil if it is not a number (`max`).
  public static func number(_ path: String) -> Int64? { text(path).flatMap { Int64($0) } }

  /// Replaces the contents. Returns whether that succeeded.
  public static func write(_ text: String, to path: String, mode: mode_t = 0o600) -> Bool {
    let file = OSText.withCString(path) { clinux_open_write($0, mode) }
    guard file >= 0 else { return false }
    defer { close(file) }
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: file) }
  }

  /// Writes all bytes to an open file. Returns whether that succeeded; if not, errno says why.
  public static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      // A full disk may accept a part: the next call then fails and sets errno.
      let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
