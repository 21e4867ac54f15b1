/// Amounts of bytes for output, in powers of 1024. ``MemorySize`` parses input.
public enum ByteCount {
  private static let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

  /// In the largest unit that does not exceed the amount, rounded to two decimals, as in `1.5 GiB`.
  public static func text(_ bytes: Int64) -> String {
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let hundredths = (value * 100).rounded() / 100
    let text = hundredths == hundredths.rounded() ? String(Int64(hundredths)) : String(hundredths)
    return "\(text) \(units[unit])"
  }

  /// `12.5 MiB`: rounded to one decimal, which is always shown.
  public static func mebibytes(_ bytes: Int64) -> String {
    let tenths = Int64((Double(bytes) / 1_048_576 * 10).rounded(.toNearestOrEven))
    return "\(tenths / 10).\(tenths % 10) MiB"
  }

  /// `12 MiB`, rounded down.
  public static func wholeMebibytes(_ bytes: Int64) -> String { "\(bytes >> 20) MiB" }

  /// `1.25 GiB`, truncated to two decimals. Therefore, an amount above a limit is never shown as less than the limit.
  public static func gibibytes(_ bytes: Int64) -> String {
    let hundredths = bytes / (1 << 30) * 100 + bytes % (1 << 30) * 100 / (1 << 30)
    let cents = hundredths % 100
    return "\(hundredths / 100)\(cents == 0 ? "" : (cents < 10 ? ".0" : ".") + "\(cents)") GiB"
  }
}
