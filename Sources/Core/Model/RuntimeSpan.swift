/// Parses time spans: `90`, `90s`, `60m`, `2h`, `1d`, `1h30m`, `HH:MM:SS`, `D-HH:MM:SS`.
public enum RuntimeSpan {
  private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]

  /// The longest span in seconds, about 35,000 years. Longer spans are reduced to this.
  public static let longest = Milliseconds.longest / 1000

  /// Seconds, rounded up; nil if `text` is not a valid span.
  public static func seconds(_ text: String) -> Int64? {
    let text = text.trimmingBlanks.lowercased()
    let seconds = text.contains(":") ? clock(text) : sum(text)
    guard let seconds, seconds >= 0 else { return nil }
    if seconds >= Double(longest) { return longest }
    // 1.1 h is 3960.0000000000005 s in binary, which must not become 3961 s.
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
      // Larger units come first, and each at most once.
      guard let value = PlainNumber.value(number), unit < last else { return nil }
      total += value * unit
      last = unit
      number = ""
    }
    return number.isEmpty && last.isFinite ? total : nil
  }
}
