/// Lines of a text, ended by "\n" or, as Windows has it, by "\r\n".
///
/// Cut by bytes: to Swift "\r\n" is one character, which is not "\n".
package enum TextLines {
  /// The mark that some programs write before the text of a file (U+FEFF).
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The lines without their ends. The end of the last line begins none; other blank lines are there.
  package static func split(_ text: some StringProtocol) -> [Substring] {
    let text = Substring(text)
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
  }

  /// Whether there is nothing to see on a line.
  package static func isBlank(_ line: some StringProtocol) -> Bool { isBlank(line.utf8) }

  package static func isBlank(_ line: some Sequence<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }

  /// A file's text without the byte order mark before it.
  package static func withoutMark(_ text: String) -> String {
    text.utf8.starts(with: byteOrderMark) ? String(Substring(text.utf8.dropFirst(byteOrderMark.count))) : text
  }

  package static func hasMark(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: byteOrderMark) }
}
