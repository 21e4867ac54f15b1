/// Spans of time as clocks count them. What comes from outside may be any number, and what is too long never ends: it is
/// taken for ``longest``, so that sums with the time of day, and a thousand times as much, are still numbers.
public enum Milliseconds {
  /// About 35,000 years.
  public static let longest: Int64 = 1 << 50

  /// Of a span in seconds; 0 for a negative one, and for what is no number.
  public static func of(seconds: Double) -> Int64 {
    let milliseconds = seconds * 1000
    guard milliseconds > 0 else { return 0 }
    return milliseconds < Double(longest) ? Int64(milliseconds) : longest
  }

  /// Of a span in whole seconds; 0 for a negative one.
  public static func of(seconds: Int64) -> Int64 { min(max(0, seconds), RuntimeSpan.longest) * 1000 }
}
