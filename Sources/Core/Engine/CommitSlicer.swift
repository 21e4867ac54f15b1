import JobmonModel
import JobmonStore

/// Cuts what is to be committed into transactions of less than 100 ms: other programs wait for the lock meanwhile.
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

  /// Commits all that is pending, in one transaction at least.
  ///
  /// - Parameter commit: makes one transaction, and returns the first `seq`; it is told whether it is the last.
  /// - Throws: what `commit` threw; what came before is committed then.
  mutating func commit(
    _ pending: consuming Pending, by commit: (_ slice: [Transition], _ isLast: Bool) throws -> Int64
  ) throws -> [Written] {
    var written: [Written] = []
    repeat {
      let slice = pending.next(limit)
      let began = now()
      written.append(Written(transitions: slice, firstSeq: try commit(slice, pending.isEmpty)))
      adjustLimit(changes: slice.reduce(0) { $0 + $1.changeCount }, took: now() - began)
      if !pending.isEmpty { KillPoint.reached("driver.commit.between") }
    } while !pending.isEmpty
    return written
  }

  /// What is to be committed.
  struct Pending: Sendable {
    /// In the order in which it was recorded. A single transition is not cut: a batch is at most as long as its cluster
    /// takes.
    private var rest: ArraySlice<Transition> = []
    private var queue: AttemptOrder.Queue?

    /// - Parameter order: of what may not fit into one transaction; nil: as it was recorded.
    init(_ transitions: [Transition], order: AttemptOrder?) {
      let changes = transitions.reduce(0) { $0 + $1.changeCount }
      if changes > CommitSlicer.limits.lowerBound { queue = order?.queue(transitions) }
      if queue == nil { rest = transitions[...] }
    }

    var isEmpty: Bool { rest.isEmpty && queue?.isEmpty ?? true }

    /// Takes at most as many changes as a transaction writes, at least one where one is left.
    fileprivate mutating func next(_ limit: Int) -> [Transition] {
      if let slice = queue?.next(limit) { return slice }
      var (end, changes) = (rest.startIndex, 0)
      while end < rest.endIndex, end == rest.startIndex || changes + rest[end].changeCount <= limit {
        changes += rest[end].changeCount
        end += 1
      }
      defer { rest = rest[end...] }
      return Array(rest[..<end])
    }
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
