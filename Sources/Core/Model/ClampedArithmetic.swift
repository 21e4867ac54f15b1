// Arithmetic on numbers from outside, which may have any value.

extension FixedWidthInteger {
  /// The sum, or the nearest representable number.
  package func clampedSum(_ other: Self) -> Self {
    let (sum, isOutside) = addingReportingOverflow(other)
    return isOutside ? (other > 0 ? .max : .min) : sum
  }

  /// The difference, or the nearest representable number.
  package func clampedDifference(_ other: Self) -> Self {
    let (difference, isOutside) = subtractingReportingOverflow(other)
    return isOutside ? (other > 0 ? .min : .max) : difference
  }

  /// The product, or the nearest representable number.
  package func clampedProduct(_ other: Self) -> Self {
    let (product, isOutside) = multipliedReportingOverflow(by: other)
    return isOutside ? ((self < 0) == (other < 0) ? .max : .min) : product
  }
}

extension Int64 {
  /// The integer nearest to a number; 0 for NaN.
  package init(nearest figure: Double) {
    self = figure.isNaN ? 0 : figure >= 0x1p63 ? .max : figure <= -0x1p63 ? .min : Int64(figure.rounded())
  }
}
