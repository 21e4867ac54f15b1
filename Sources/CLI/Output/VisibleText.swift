import OSText

/// Text of tasks for terminals: control characters in caret notation, as `cat -v` shows them. A terminal would obey them:
/// move the cursor, set the window's title, and worse.
///
/// Newlines and tabs stay. Bytes that are not UTF-8 stay as well, except those that old terminals take for C1 controls.
struct VisibleText {
  /// The beginning of a character whose other bytes have not come yet.
  private var rest: [UInt8] = []

  /// The visible form of the next bytes of a text.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let all = rest + bytes
    rest = []
    var visible: [UInt8] = []
    visible.reserveCapacity(all.count)
    var place = 0
    while place < all.count {
      let byte = all[place]
      let length = Self.length(of: byte)
      let character = all[place..<min(place + length, all.count)]
      if length > 1, character.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) {
        if character.count < length {
          rest = Array(character)
          break
        }
        // U+0080 to U+009F.
        if byte == 0xC2, all[place + 1] < 0xA0 {
          visible += Self.meta(all[place + 1])
        } else {
          visible += character
        }
        place += length
      } else {
        visible += Self.single(byte)
        place += 1
      }
    }
    return visible
  }

  /// What is left at the end of the text.
  mutating func end() -> [UInt8] {
    defer { rest = [] }
    return rest.flatMap(Self.single)
  }

  /// The visible form of a whole text, whose names of files may stand for other bytes (``OSText``).
  static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({
      $0 >= 0x20 && $0 != 0x7F && $0 != 0xC2 && $0 != 0xF4 || $0 == 0x0A || $0 == 0x09
    }) {
      return text
    }
    var visible = VisibleText()
    return (visible.take(OSText.bytes(text)) + visible.end()).withUnsafeBytes { OSText.text($0) }
  }

  /// Of the character that begins with this byte; 1 where none of several bytes does.
  private static func length(of byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  private static func single(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x0A, 0x09: [byte]
    case ..<0x20: [UInt8(ascii: "^"), byte + 0x40]
    case 0x7F: Array("^?".utf8)
    case 0x80..<0xA0: meta(byte)
    default: [byte]
    }
  }

  private static func meta(_ byte: UInt8) -> [UInt8] { Array("M-^".utf8) + [byte - 0x40] }
}
