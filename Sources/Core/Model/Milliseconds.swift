/// Time spans in milliseconds. Input may be any number. Longer spans are reduced to ``longest``, so that adding the
/// time of day, or multiplying by 1000, does not overflow.
public enum Milliseconds {
  /// About 35,000 years.
  public static let longest: Int64 = 1 << 50

  /// Converts seconds; 0 if negative or NaN.
  public static func of(seconds: Double) -> Int64 {
    let milliseconds = seconds * 1000
    guard milliseconds > 0 else { return 0 }
    return milliseconds < Double(longest) ? Int64(milliseconds) : longest
  }

  /// Converts whole seconds; 0 if negative.
  public static func of(seconds: Int64) -> Int64 { min(max(0, seconds), RuntimeSpan.longest) * 1000 }
}
