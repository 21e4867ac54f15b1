/// Amounts of memory as people write them: K M G T P with or without B or iB, any case, powers of 1024.
public enum MemorySize {
  private static let exponents: [Character: Int] = ["k": 1, "m": 2, "g": 3, "t": 4, "p": 5]

  /// Bytes: the largest amount there is, just below 4096 P.
  public static let largest: Int64 = (1 << 62) - 1

  /// What is wrong with `text`, for which ``bytes(_:)`` is nil, and what is right.
  public static func fault(_ text: String) -> String {
    "'\(text)' is no amount of memory; write for example 512M, 8G, or a bare number of GiB, and less than 4096P"
  }

  /// Bytes, rounded up; a bare number is GiB. nil where `text` is no such amount.
  public static func bytes(_ text: String) -> Int64? {
    var rest = text.trimmingBlanks.lowercased()
    var factor = 1024.0 * 1024 * 1024
    if rest.hasSuffix("ib") { rest.removeLast(2) } else if rest.hasSuffix("b") { rest.removeLast() }
    let hadSuffix = rest.count < text.trimmingBlanks.count
    if let unit = rest.last, let exponent = exponents[unit] {
      factor = (0..<exponent).reduce(1.0) { product, _ in product * 1024 }
      rest.removeLast()
    } else if hadSuffix {
      // "512B" is bytes; "512iB" is nothing.
      guard !text.trimmingBlanks.lowercased().hasSuffix("ib") else { return nil }
      factor = 1
    }
    guard let number = PlainNumber.value(rest.trimmingBlanks), number >= 0 else { return nil }
    let bytes = (number * factor).rounded(.up)
    return bytes < 0x1p62 ? Int64(bytes) : nil
  }

  /// A short text that ``bytes(_:)`` reads: `8G`, `1.5G`, `512M`; rounded up to two decimals.
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

/// Spans of time as people write them: `90`, `90s`, `60m`, `2h`, `1d`, `1h30m`, `HH:MM:SS`, `D-HH:MM:SS`.
public enum RuntimeSpan {
  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]

  /// Seconds, about 35,000 years: what is longer is taken for that.
  public static let longest = Milliseconds.longest / 1000

  /// Seconds, rounded up. nil where `text` is no such span.
  public static func seconds(_ text: String) -> Int64? {
    let text = text.trimmingBlanks.lowercased()
    let seconds = text.contains(":") ? clock(text) : sum(text)
    guard let seconds, seconds >= 0 else { return nil }
    if seconds >= Double(longest) { return longest }
    // 1.1 h is 3960.0000000000005 s in binary, and no second more than 3960.
    return Int64((seconds - 1e-6).rounded(.up))
  }

  private static func clock(_ text: String) -> Double? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    var days = 0.0
    if parts.count == 2 {
      guard let value = whole(parts[0]) else { return nil }
      days = value
    }
    let fields = parts[parts.count - 1].split(separator: ":", omittingEmptySubsequences: false).map(whole)
    guard fields.count == 3, let hours = fields[0], let minutes = fields[1], let seconds = fields[2],
      minutes < 60,
      seconds < 60
    else { return nil }
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
  }

  private static func whole(_ text: Substring) -> Double? {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Double(text) : nil
  }

  private static func sum(_ text: String) -> Double? {
    if let bare = PlainNumber.value(text) { return bare }
    var total = 0.0
    var number = ""
    var last = Double.infinity
    for character in text {
      guard let unit = units[character] else {
        number.append(character)
        continue
      }
      // Larger units come first, each once.
      guard let value = PlainNumber.value(number), unit < last else { return nil }
      total += value * unit
      last = unit
      number = ""
    }
    return number.isEmpty && last.isFinite ? total : nil
  }
}

/// Digits with at most one point: no sign, no exponent, no "inf".
package enum PlainNumber {
  package static func value(_ text: String) -> Double? {
    guard text.contains(where: \.isNumber), text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else {
      return nil
    }
    return Double(text)
  }
}

extension String {
  var trimmingBlanks: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
