import JobmonCore

/// Tasks per second over the last half minute.
struct RateEstimate {
  private static let window: Int64 = 30_000
  private var marks: [(elapsed: Int64, done: Int)] = []

  mutating func note(done: Int, elapsed: Int64) {
    if let last = marks.last, elapsed - last.elapsed < 500 { return }
    marks.append((elapsed, done))
    while marks.count > 2, elapsed - marks[0].elapsed > Self.window { marks.removeFirst() }
  }

  /// The number of tasks done in that time.
  var seen: Int { (marks.last?.done ?? 0) - (marks.first?.done ?? 0) }

  var perSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.elapsed - first.elapsed >= 1000,
      last.done > first.done
    else { return nil }
    return Double(last.done - first.done) * 1000 / Double(last.elapsed - first.elapsed)
  }
}
