/// `name=value`, cut at the first sign by bytes: a sign with a combining mark after it is another character to Swift.
package enum Assignment {
  /// - Returns: nil where there is no sign.
  package static func split(_ text: some StringProtocol) -> (name: String, value: String)? {
    guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    return (String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
  }
}
