/// When each reason for a cluster's deferral was last reported. A full cluster defers every batch for the same reason.
struct DeferralNotices: Sendable {
  /// Milliseconds before the same reason is reported again.
  private static let pause: Int64 = 600_000

  private struct Key: Hashable, Sendable {
    var cluster: Int
    var why: String
  }

  /// Monotonic milliseconds.
  private var told: [Key: Int64] = [:]

  /// Whether to report the reason now. If so, it is not reported again for a while.
  mutating func isDue(_ why: String, of cluster: Int, now: Int64) -> Bool {
    let key = Key(cluster: cluster, why: why)
    if let last = told[key], now - last <= Self.pause { return false }
    told[key] = now
    return true
  }
}
