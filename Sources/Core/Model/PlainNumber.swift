/// Parses digits with at most one decimal point: no sign, no exponent, no "inf".
package enum PlainNumber {
  package static func value(_ text: String) -> Double? {
    guard text.contains(where: \.isNumber), text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else {
      return nil
    }
    return Double(text)
  }
}
