/// A person's change of a task's request: `x1.5` or an amount.
public enum ResourceChange: Hashable, Sendable {
  /// A multiple of the last attempt's request.
  case factor(Double)
  /// An amount in bytes or seconds.
  case amount(Int64)

  /// Parses `x1.5`, and amounts as in workflow files: `8G`, `2h`. nil if `text` is neither, or is zero.
  public init?(_ text: String, of resource: ScalableResource) {
    let trimmed = text.trimmingBlanks
    if let first = trimmed.first, first == "x" || first == "X" {
      guard let factor = PlainNumber.value(String(trimmed.dropFirst())), factor > 0, factor <= 1e6 else {
        return nil
      }
      self = .factor(factor)
      return
    }
    let amount = resource == .memory ? MemorySize.bytes(trimmed) : RuntimeSpan.seconds(trimmed)
    guard let amount, amount > 0 else { return nil }
    self = .amount(amount)
  }

  /// The new amount, rounded up.
  ///
  /// - Parameters:
  ///   - last: the last attempt's request; nil if it had no limit, or if there was no attempt.
  ///   - most: the maximum result of a factor.
  /// - Returns: nil if nothing changes: a multiple of no limit is no limit.
  package func applied(to last: Int64?, most: Int64) -> Int64? {
    switch self {
    case .amount(let amount): amount
    case .factor(let factor):
      last.map { max(1, min(Int64(nearest: (Double($0) * factor).rounded(.up)), most)) }
    }
  }
}
