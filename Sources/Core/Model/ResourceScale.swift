/// How a request grows after a failure for lack of the resource.
public enum ResourceScale: Hashable, Codable, Sendable {
  /// Multiplied by (1 + factor) after each failure, cumulative, rounded up.
  case factor(Double)
  /// Entry k is the absolute request after the k-th failure (bytes or seconds). The last entry repeats.
  case list([Int64])
  /// The callback of this name returns the request (``ResourceResolver``).
  case callback(String)

  /// The default scale: 50 % more.
  public static let standard = ResourceScale.factor(0.5)
}
