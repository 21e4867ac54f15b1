/// Words in the shell's syntax.
public enum ShellWord {
  /// The maximum length in bytes of an argument on Linux (MAX_ARG_STRLEN), without its final NUL.
  package static let longest = 128 * 1024 - 1

  /// `text` as one word. It is put in single quotes if it contains a character that is special for the shell.
  public static func quoted(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    // Bytes instead of characters: a quote followed by a combining mark would be a different character, and would not
    // be escaped.
    var word: [UInt8] = [quote]
    for byte in text.utf8 {
      if byte == quote { word += [quote, backslash, quote, quote] } else { word.append(byte) }
    }
    word.append(quote)
    return String(decoding: word, as: UTF8.self)
  }

  /// The length in bytes of the longest word of a command in the shell's syntax, before expansions.
  package static func longest(in command: String) -> Int {
    var longest = 0
    var length = 0
    var inside: UInt8?
    var isEscaped = false
    for byte in command.utf8 {
      if isEscaped {
        isEscaped = false
        length += 1
      } else if let end = inside {
        if byte == end {
          inside = nil
        } else if byte == backslash, end == doubleQuote {
          isEscaped = true
        } else {
          length += 1
        }
      } else {
        switch byte {
        case quote, doubleQuote: inside = byte
        case backslash: isEscaped = true
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"),
          UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
          longest = max(longest, length)
          length = 0
        default: length += 1
        }
      }
    }
    return max(longest, length)
  }

  private static let quote = UInt8(ascii: "'")
  private static let doubleQuote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// Whether a byte has a special meaning for the shell.
  package static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x80 && byte != UInt8(ascii: "=") && !isPlain(byte)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    case UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "%"), UInt8(ascii: "+"),
      UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
