/// What a person gives a task instead of what its last attempt has asked for: `x1.5` or an amount.
public enum ResourceChange: Hashable, Sendable {
  /// So many times what the last attempt has asked for.
  case factor(Double)
  /// Bytes, or seconds.
  case amount(Int64)

  /// Reads `x1.5`, and amounts as workflow files have them: `8G`, `2h`. nil where `text` is neither, or is nothing.
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
  ///   - last: what the last attempt has asked for; nil where it asked for no limit, or where there was none.
  ///   - most: what a factor makes of it at most.
  /// - Returns: nil where nothing changes: a factor of no limit is no limit.
  package func applied(to last: Int64?, most: Int64) -> Int64? {
    switch self {
    case .amount(let amount): amount
    case .factor(let factor):
      last.map { max(1, min(Int64(nearest: (Double($0) * factor).rounded(.up)), most)) }
    }
  }
}
