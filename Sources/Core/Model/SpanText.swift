import Foundation

/// Spans of time for people. ``RuntimeSpan`` is what people write.
public enum SpanText {
  /// `0.25 s`, `12.5 s`, `2 min 5 s`, `1 h 4 min`, `3 d 2 h`: two units at most.
  public static func text(_ seconds: Double) -> String {
    if seconds < 10 { return String(format: "%.2f s", seconds) }
    if seconds < 100 { return String(format: "%.1f s", seconds) }
    let whole = Int64(nearest: seconds)
    let (days, hours, minutes) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(minutes) min" }
    return "\(minutes) min \(whole % 60) s"
  }
}
