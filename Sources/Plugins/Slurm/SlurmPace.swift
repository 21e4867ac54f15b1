/// When to query the controller for its jobs: soon after a change, and less and less often while nothing changes.
struct SlurmPace {
  /// Milliseconds between two queries: the minimum on average, and the maximum.
  private static let budget: Int64 = 2000
  private static let slowest: Int64 = 30_000
  /// How many consecutive queries may exceed the average rate.
  private static let burst: Int64 = 4
  private static let first: Int64 = 500

  /// The maximum pause; shorter if the controller forgets jobs soon after their end.
  private let slowest: Int64
  private var pause = Self.first
  /// No query is sent before this time (monotonic milliseconds). It may lag behind the current time by the burst.
  private var paidUntil: Int64 = 0
  private(set) var due = Int64.max

  /// - Parameter minJobAge: seconds.
  init(minJobAge: Double) { slowest = min(Self.slowest, max(1000, Int64(minJobAge * 500))) }

  /// Call this when something has changed or will change soon.
  mutating func hurry(_ now: Int64) {
    pause = Self.first
    due = min(due, earliest(now + pause))
  }

  /// Records a query that took this many milliseconds.
  mutating func asked(_ now: Int64, took: Int64, hasChanged: Bool, isIdle: Bool) {
    paidUntil = max(paidUntil, now - Self.burst * Self.budget) + Self.budget
    pause = hasChanged ? Self.first : min(pause * 3 / 2, slowest)
    due = isIdle ? .max : earliest(now + max(pause, 20 * took))
  }

  private func earliest(_ time: Int64) -> Int64 { max(time, paidUntil) }
}
