/// Cuts what is to be committed into transactions of less than 100 ms: other programs wait for the lock meanwhile.
///
/// A single transition is never cut: a batch is at most as long as its cluster takes.
struct CommitSlicer: Sendable {
  /// What one transaction has written, and the first `seq` of it.
  struct Written {
    var transitions: [Transition]
    var firstSeq: Int64
  }

  /// How many seconds one transaction is to take.
  private static let seconds = 0.05
  /// Between which numbers of changes the limit stays. Smaller transactions cost more: an attempt that begins and ends
  /// within one is written once.
  private static let limits = 5_000...50_000

  /// How many changes the next transaction writes at most, by what the last ones took.
  private var limit = limits.lowerBound
  private let now: @Sendable () -> ContinuousClock.Instant

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  /// Commits the transitions in their order.
  ///
  /// - Parameter commit: makes one transaction, and returns the first `seq`; it is told whether it is the last.
  /// - Throws: what `commit` threw; what came before is committed then.
  mutating func commit(
    _ transitions: [Transition], by commit: (_ slice: [Transition], _ isLast: Bool) throws -> Int64
  ) throws -> [Written] {
    var written: [Written] = []
    var rest = transitions[...]
    repeat {
      var (end, changes) = (rest.startIndex, 0)
      while end < rest.endIndex, end == rest.startIndex || changes + rest[end].changeCount <= limit {
        changes += rest[end].changeCount
        end += 1
      }
      let slice = Array(rest[..<end])
      rest = rest[end...]
      let began = now()
      written.append(Written(transitions: slice, firstSeq: try commit(slice, rest.isEmpty)))
      adjustLimit(changes: changes, took: now() - began)
      if !rest.isEmpty { KillPoint.reached("driver.commit.between") }
    } while !rest.isEmpty
    return written
  }

  /// Small transactions tell nothing of what many changes take. One that also moved the log into the database, or synced,
  /// took longer than it had the lock; so the limit is at most halved, and doubled again.
  private mutating func adjustLimit(changes: Int, took: Duration) {
    guard changes * 2 >= limit else { return }
    let fitting = Int(Double(changes) * Self.seconds / max(took / .seconds(1), 1e-6))
    let next = min(max(fitting, limit / 2), limit * 2)
    limit = min(max(next, Self.limits.lowerBound), Self.limits.upperBound)
  }
}
