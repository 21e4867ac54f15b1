/// When people were told why a cluster takes no tasks now: a cluster that is full says so to every batch.
struct DeferralNotices: Sendable {
  /// Milliseconds before a cluster's reason is told again.
  private static let pause: Int64 = 600_000

  private struct Key: Hashable, Sendable {
    var cluster: Int
    var why: String
  }

  /// Monotonic milliseconds.
  private var told: [Key: Int64] = [:]

  /// Whether the reason is to be told now; if so, it is not told again for a while.
  mutating func isDue(_ why: String, of cluster: Int, now: Int64) -> Bool {
    let key = Key(cluster: cluster, why: why)
    if let last = told[key], now - last <= Self.pause { return false }
    told[key] = now
    return true
  }
}
