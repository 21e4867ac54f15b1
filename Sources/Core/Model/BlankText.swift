/// Blanks in UTF-8: the characters with Unicode's property White_Space.
package enum BlankText {
  /// The length in bytes of the blank character at an offset; 0 if none begins there.
  @inline(__always)
  package static func length(of bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
    let first = bytes[offset]
    if first > 0x20, first < 0xC2 { return 0 }
    if first <= 0x20 { return first == 0x20 || (0x09...0x0D).contains(first) ? 1 : 0 }
    guard offset + 1 < bytes.count else { return 0 }
    let second = bytes[offset + 1]
    // U+0085 and U+00A0.
    if first == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : 0 }
    guard (0xE1...0xE3).contains(first), offset + 2 < bytes.count else { return 0 }
    return switch (first, second, bytes[offset + 2]) {
    // U+1680; U+2000 to U+200A, U+2028, U+2029, U+202F; U+205F; U+3000.
    case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
      (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
      3
    default: 0
    }
  }

  /// The text without blanks at its beginning and end.
  package static func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    var start = 0
    while start < bytes.count {
      let blank = length(of: bytes, at: start)
      if blank == 0 { break }
      start += blank
    }
    var end = bytes.count
    while let blank = (1...3).first(where: { end - $0 >= start && length(of: bytes, at: end - $0) == $0 }) {
      end -= blank
    }
    return UnsafeBufferPointer(rebasing: bytes[start..<end])
  }
}
