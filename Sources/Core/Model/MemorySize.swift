/// Parses amounts of memory: K M G T P with or without B or iB, in any case, powers of 1024.
public enum MemorySize {
  private static let exponents: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

  /// The largest amount in bytes, just below 4096 P.
  public static let largest: Int64 = (1 << 62) - 1

  /// Message for a `text` that ``bytes(_:)`` does not accept, with examples of valid ones.
  public static func fault(_ text: String) -> String {
    "'\(text)' is not a valid memory size; examples: 512M, 8G or a bare number of GiB; less than 4096P"
  }

  /// Bytes, rounded up. A number without a unit is in GiB. nil if `text` is not valid.
  public static func bytes(_ text: String) -> Int64? {
    var rest = text.trimmingBlanks.lowercased()
    var factor = 1024.0 * 1024 * 1024
    if rest.hasSuffix("ib") { rest.removeLast(2) } else if rest.hasSuffix("b") { rest.removeLast() }
    let hadSuffix = rest.count < text.trimmingBlanks.count
    if let unit = rest.last, let exponent = exponents[unit] {
      factor = (0..<exponent).reduce(1.0) { product, _ in product * 1024 }
      rest.removeLast()
    } else if hadSuffix {
      // "512B" is in bytes; "512iB" is not valid.
      guard !text.trimmingBlanks.lowercased().hasSuffix("ib") else { return nil }
      factor = 1
    }
    guard let number = PlainNumber.value(rest.trimmingBlanks), number >= 0 else { return nil }
    let bytes = (number * factor).rounded(.up)
    return bytes < 0x1p62 ? Int64(bytes) : nil
  }

  /// A short text that ``bytes(_:)`` accepts: `8G`, `1.5G`, `512M`. Rounded up to two decimals.
  public static func text(_ bytes: Int64) -> String {
    let units: [(letter: String, size: Double)] = [
      ("T", 0x1p40), ("G", 0x1p30), ("M", 0x1p20), ("K", 0x1p10),
    ]
    guard let unit = units.first(where: { Double(bytes) >= $0.size }) else { return "\(bytes)B" }
    let hundredths = Int64((Double(bytes) / unit.size * 100).rounded(.up))
    var number = "\(hundredths / 100)"
    if hundredths % 100 != 0 {
      number += "." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
      while number.last == "0" { number.removeLast() }
    }
    return number + unit.letter
  }
}
