/// Joins surrogate pairs. JSON writes characters beyond 16 bits as two escapes, which YAML does not support.
enum JSONSurrogates {
  static func joined(_ text: String) -> String {
    guard text.contains("\\ud") || text.contains("\\uD") else { return text }
    return text.replacing(#/\\u([dD][89aAbB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/#) { match in
      let high = UInt32(match.1, radix: 16)! - 0xD800
      let low = UInt32(match.2, radix: 16)! - 0xDC00
      return Unicode.Scalar(0x10000 + (high << 10) + low).map { String(Character($0)) } ?? String(match.0)
    }
  }
}
