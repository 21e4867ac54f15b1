/// `name=value`, split at the first `=`. Bytes are compared, because `=` followed by a combining mark is a different
/// character in Swift.
package enum Assignment {
  /// Splits a text into name and value.
  ///
  /// - Returns: nil if there is no `=`.
  package static func split(_ text: some StringProtocol) -> (name: String, value: String)? {
    guard let sign = text.utf8.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    return (String(text[..<sign]), String(text[text.utf8.index(after: sign)...]))
  }
}
