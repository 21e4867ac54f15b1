import CLinux
import Glibc
import OSText

/// Files of /proc and /sys: small, read whole, often gone by the time they are opened.
public enum SmallFile {
  /// What the file holds, or nil where it cannot be read.
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

  /// As text, without the line break at its end.
  public static func text(_ path: String) -> String? {
    guard var bytes = bytes(path) else { return nil }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The number it holds, or nil where it holds none (`max`).
  public static func number(_ path: String) -> Int64? { text(path).flatMap { Int64($0) } }

  /// Replaces what it holds; whether that was possible.
  public static func write(_ text: String, to path: String, mode: mode_t = 0o600) -> Bool {
    let file = OSText.withCString(path) { clinux_open_write($0, mode) }
    guard file >= 0 else { return false }
    defer { close(file) }
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: file) }
  }

  /// Writes all bytes to an open file; whether that was possible. Else errno says why not.
  public static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      // A full disk may take a part: the next call says why it does not take the rest.
      let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
