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

extension Int64 {
  /// The sum, or the nearest number there is.
  public func clampedSum(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// The product, or the nearest number there is.
  public func clampedProduct(_ other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The nearest number to a figure; 0 for what is none.
  public init(nearest figure: Double) {
    self = figure.isNaN ? 0 : figure >= 0x1p63 ? .max : figure <= -0x1p63 ? .min : Int64(figure.rounded())
  }
}
