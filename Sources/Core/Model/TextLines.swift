/// Lines of a text that end with "\n" or, as on Windows, with "\r\n".
///
/// Split by bytes, because "\r\n" is a single character in Swift and differs from "\n".
package enum TextLines {
  /// The byte order mark, which some programs write at the beginning of a file (U+FEFF).
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The lines without their line ends. No empty line follows the last line end; other blank lines are included.
  package static func split(_ text: some StringProtocol) -> [Substring] {
    let text = Substring(text)
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { line in
      Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
  }

  /// Whether a line is blank.
  package static func isBlank(_ line: some StringProtocol) -> Bool { isBlank(line.utf8) }

  package static func isBlank(_ line: some Sequence<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }

  /// A file's text without a byte order mark at its beginning.
  package static func withoutMark(_ text: String) -> String {
    text.utf8.starts(with: byteOrderMark) ? String(Substring(text.utf8.dropFirst(byteOrderMark.count))) : text
  }

  package static func hasMark(_ bytes: some Collection<UInt8>) -> Bool { bytes.starts(with: byteOrderMark) }
}
