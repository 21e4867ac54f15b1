/// The grammar of JSON's numbers (RFC 8259, section 6).
enum JSONNumber {
  static func isOne(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func take(_ matches: (UInt8) -> Bool) -> Bool {
      guard let byte = rest.first, matches(byte) else { return false }
      rest.removeFirst()
      return true
    }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    func digits() -> Bool {
      guard take(isDigit) else { return false }
      while take(isDigit) {}
      return true
    }
    _ = take { $0 == UInt8(ascii: "-") }
    // No digit may follow a leading zero.
    if !take({ $0 == UInt8(ascii: "0") }), !digits() { return false }
    if take({ $0 == UInt8(ascii: ".") }), !digits() { return false }
    if take({ $0 | 0x20 == UInt8(ascii: "e") }) {
      _ = take { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
      if !digits() { return false }
    }
    return rest.isEmpty
  }
}
