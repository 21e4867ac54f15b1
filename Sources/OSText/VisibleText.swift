/// Makes text from other sources safe to print: output of tasks and plugins, names, paths, arguments. All such text is
/// converted here.
///
/// Terminals interpret control characters: they move the cursor, set the window's title, and worse. They are replaced
/// by caret notation, as `cat -v` does: C0 and DEL as `^[`, C1 as `M-^[`, both as characters and as the single bytes
/// that old terminals interpret. Invisible characters that change how other text looks, such as the controls of
/// bidirectional text, are replaced by their number, as less(1) does: `<U+202E>`.
///
/// Newlines and tabs stay. Other bytes that are not UTF-8 stay too: terminals show a replacement character for them.
///
/// Does not use Foundation because the worker links this module.
public struct VisibleText {
  /// An SGR sequence (colours and the like): ESC [ parameters m.
  private enum Colour {
    /// A sequence of this many bytes.
    case whole(Int)
    /// The sequence is incomplete so far.
    case cut
    case none
  }

  /// Maximum length of an SGR sequence in bytes.
  private static let longestColour = 64

  private let keepsColours: Bool
  /// The beginning of an incomplete character or sequence.
  private var rest: [UInt8] = []
  /// Whether an SGR sequence was output.
  private var isColoured = false

  /// Creates a converter.
  ///
  /// - Parameter keepsColours: whether SGR sequences (colours and the like) stay as they are.
  public init(keepsColours: Bool = false) { self.keepsColours = keepsColours }

  /// The visible form of the next bytes of a text. An incomplete character at their end is kept for the next call.
  public mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let all = rest + bytes
    rest = []
    var visible: [UInt8] = []
    visible.reserveCapacity(all.count)
    var offset = 0
    while offset < all.count {
      let plain = all[offset...].firstIndex { !Self.isPlain($0) } ?? all.count
      if plain > offset {
        visible += all[offset..<plain]
        offset = plain
        continue
      }
      let byte = all[offset]
      if byte == 0x1B, keepsColours {
        switch Self.colour(all[offset...]) {
        case .whole(let length):
          visible += all[offset..<offset + length]
          offset += length
          isColoured = true
          continue
        case .cut:
          rest = Array(all[offset...])
          return visible
        case .none: break
        }
      }
      let length = Self.length(of: byte)
      let character = all[offset..<min(offset + length, all.count)]
      if length > 1, character.dropFirst().allSatisfy({ $0 & 0xC0 == 0x80 }) {
        if character.count < length {
          rest = Array(character)
          break
        }
        visible += Self.whole(character)
        offset += length
      } else {
        visible += Self.single(byte)
        offset += 1
      }
    }
    return visible
  }

  /// The remaining bytes at the end of the text, and, if SGR sequences were output, the sequence that resets them.
  public mutating func end() -> [UInt8] {
    defer { (rest, isColoured) = ([], false) }
    return rest.flatMap(Self.single) + (isColoured ? Array("\u{1B}[0m".utf8) : [])
  }

  /// The visible form of a text. It may have several lines, and its file names may represent other bytes (``OSText``).
  public static func of(_ text: String) -> String {
    if !mayHide(text) { return text }
    var visible = VisibleText()
    return (visible.take(OSText.bytes(text)) + visible.end()).withUnsafeBytes { OSText.text($0) }
  }

  /// The visible form of a text within a line. Newlines are shown too, as `^J`, so that no text can look like a line of
  /// the program.
  public static func line(_ text: String) -> String {
    if !mayHide(text, isLine: true) { return text }
    let visible = of(text)
    return visible.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "^J")
  }

  /// JSON in which control characters and invisible characters are escapes. It has the same values. JSON contains such
  /// characters only in strings, and those below U+0020 are escapes already.
  public static func json(_ json: String) -> String {
    guard mayHide(json), json.unicodeScalars.contains(where: { isHidden($0.value) && $0.value < 0x1_0000 })
    else { return json }
    var text = ""
    text.reserveCapacity(json.utf8.count + 64)
    for scalar in json.unicodeScalars {
      if scalar.value < 0x1_0000, isHidden(scalar.value) {
        text += "\\u" + number(scalar.value)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// Whether a character beyond C0 is invisible and changes other text. The two joiners (U+200C, U+200D) are not
  /// included, because scripts and emoji need them.
  private static func isHidden(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x7F...0x9F, 0xAD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
      0xFFF9...0xFFFB, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x09
  }

  /// Whether a text needs a closer look: it contains a control character, or the first bytes of a possibly invisible
  /// character. Most text does not, and is not copied.
  private static func mayHide(_ text: String, isLine: Bool = false) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      for (offset, byte) in bytes.enumerated() where !isPlain(byte) || byte == 0x0A {
        if byte == 0x0A {
          if isLine { return true }
          continue
        }
        let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
        let last = offset + 2 < bytes.count ? bytes[offset + 2] : 0
        switch (byte, next, last) {
        // U+0080 to U+009F, U+00AD; U+061C; U+180E.
        case (0xC2, ..<0xA0, _), (0xC2, 0xAD, _), (0xD8, 0x9C, _), (0xE1, 0xA0, 0x8E): return true
        // U+200B, U+200E, U+200F, U+2028 to U+202E; U+2060 to U+206F.
        case (0xE2, 0x80, 0x8B), (0xE2, 0x80, 0x8E...0x8F), (0xE2, 0x80, 0xA8...0xAE),
          (0xE2, 0x81, 0xA0...0xAF):
          return true
        // U+FEFF; U+FFF9 to U+FFFB.
        case (0xEF, 0xBB, 0xBF), (0xEF, 0xBF, 0xB9...0xBB): return true
        case (0x80..<0xF3, _, _): continue
        // Tags, and escapes for bytes (``OSText``).
        default: return true
        }
      }
      return false
    }
  }

  private static func colour(_ bytes: ArraySlice<UInt8>) -> Colour {
    guard let bracket = bytes.dropFirst().first else { return .cut }
    guard bracket == UInt8(ascii: "[") else { return .none }
    for (offset, byte) in bytes.enumerated().dropFirst(2) {
      if offset == longestColour { return .none }
      switch byte {
      case UInt8(ascii: "m"): return .whole(offset + 1)
      // Digits, colons and semicolons.
      case 0x30...0x3B: continue
      default: return .none
      }
    }
    return .cut
  }

  /// The length of the character that begins with this byte; 1 if it does not begin a character of several bytes.
  private static func length(of byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  /// The visible form of a complete character of several bytes.
  private static func whole(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let lead = UInt32(bytes[bytes.startIndex]) & (0x7F >> UInt32(bytes.count))
    let value = bytes.dropFirst().reduce(lead) { $0 << 6 | UInt32($1 & 0x3F) }
    // An overlong encoding, or a number that is not a character.
    guard value >= [0x80, 0x800, 0x1_0000][bytes.count - 2], Unicode.Scalar(value) != nil else {
      return bytes.flatMap(single)
    }
    if value < 0xA0 { return meta(UInt8(value)) }
    return isHidden(value) ? Array("<U+\(number(value))>".utf8) : Array(bytes)
  }

  /// At least four hexadecimal digits.
  private static func number(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
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
