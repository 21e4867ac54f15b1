/// How a resource grows after a failure for want of it.
public enum ResourceScale: Hashable, Codable, Sendable {
  /// Times (1 + factor) per failure, cumulative, rounded up.
  case factor(Double)
  /// Entry k is the absolute request after the k-th failure (bytes or seconds); the last one repeats.
  case list([Int64])
  /// The callback of this name says what to ask for (``ResourceResolver``).
  case callback(String)

  /// The scale where nothing says otherwise: half as much again.
  public static let standard = ResourceScale.factor(0.5)
}
