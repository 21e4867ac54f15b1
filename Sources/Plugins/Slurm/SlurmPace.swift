/// When to ask the controller for its jobs: soon after something has changed, ever more seldom while nothing does.
struct SlurmPace {
  /// Milliseconds between two questions: at least, on average; at most.
  private static let budget: Int64 = 2000
  private static let slowest: Int64 = 30_000
  /// How many questions may be asked above the average, one after the other.
  private static let burst: Int64 = 4
  private static let first: Int64 = 500

  /// Where jobs are forgotten soon after their end, the slowest pace is faster.
  private let slowest: Int64
  private var pause = Self.first
  /// The average allows no question before this time (monotonic milliseconds), less the burst.
  private var paidUntil: Int64 = 0
  private(set) var due = Int64.max

  /// - Parameter minJobAge: seconds.
  init(minJobAge: Double) { slowest = min(Self.slowest, max(1000, Int64(minJobAge * 500))) }

  /// Something has changed, or is about to.
  mutating func hurry(_ now: Int64) {
    pause = Self.first
    due = min(due, earliest(now + pause))
  }

  /// It was asked, and that took so many milliseconds.
  mutating func asked(_ now: Int64, took: Int64, hasChanged: Bool, isIdle: Bool) {
    paidUntil = max(paidUntil, now - Self.burst * Self.budget) + Self.budget
    pause = hasChanged ? Self.first : min(pause * 3 / 2, slowest)
    due = isIdle ? .max : earliest(now + max(pause, 20 * took))
  }

  private func earliest(_ time: Int64) -> Int64 { max(time, paidUntil) }
}
