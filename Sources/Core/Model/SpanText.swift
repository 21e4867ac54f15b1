import Foundation

/// Time spans for output. ``RuntimeSpan`` parses input.
public enum SpanText {
  /// `0.25 s`, `12.5 s`, `2 min 5 s`, `1 h 4 min`, `3 d 2 h`: at most two units.
  public static func text(_ seconds: Double) -> String {
    if seconds < 10 { return "\(fixed(seconds, digits: 2)) s" }
    if seconds < 100 { return "\(fixed(seconds, digits: 1)) s" }
    let whole = Int64(nearest: seconds)
    let (days, hours, minutes) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(minutes) min" }
    return "\(minutes) min \(whole % 60) s"
  }

  /// The same as `%.2f` without parsing a format: lists can contain many thousands of these.
  private static func fixed(_ value: Double, digits: Int) -> String {
    let scale = digits == 2 ? 100.0 : 10.0
    let parts = Int64((max(0, value) * scale).rounded(.toNearestOrEven)).quotientAndRemainder(
      dividingBy: Int64(scale))
    let fraction = String(parts.remainder)
    return "\(parts.quotient).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }
}
