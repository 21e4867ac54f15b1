import JobmonCore

/// Sizes and times of options, by the rules of workflow files.
extension LocalOptions {
  /// Bytes: `"16G"`, `"512 MiB"`; a bare number is GiB.
  static func bytes(_ value: JSONValue) -> Int64? {
    let gibibyte = Double(1 << 30)
    switch value {
    case .integer(let number): return exactly(Double(number) * gibibyte)
    case .number(let number): return exactly(number * gibibyte)
    case .string(let text):
      guard let (number, unit) = split(text) else { return nil }
      if unit.isEmpty { return exactly(number * gibibyte) }
      guard let letter = unit.first, let power = "KMGTP".firstIndex(of: letter) else { return nil }
      guard ["", "B", "IB"].contains(unit.dropFirst()) else { return nil }
      let steps = "KMGTP".distance(from: "KMGTP".startIndex, to: power) + 1
      return exactly((0..<steps).reduce(number) { product, _ in product * 1024 })
    default: return nil
    }
  }

  /// Seconds: `3600`, `"2h"`, `"90s"`.
  static func seconds(_ value: JSONValue) -> Int64? {
    switch value {
    case .integer(let number) where number > 0: return number
    case .string(let text):
      guard let (number, unit) = split(text), number > 0 else { return nil }
      guard let factor = ["": 1.0, "S": 1, "M": 60, "H": 3600, "D": 86400][unit] else { return nil }
      return exactly(number * factor)
    default: return nil
    }
  }

  /// A number and what follows it, in upper case.
  private static func split(_ text: String) -> (Double, String)? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    guard let value = Double(number) else { return nil }
    return (value, text.dropFirst(number.count).filter { $0 != " " }.uppercased())
  }

  private static func exactly(_ value: Double) -> Int64? { Int64(exactly: value.rounded(.up)) }
}
