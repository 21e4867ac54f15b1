import JobmonModel
import JobmonStore

/// Splits changes into transactions of less than 100 ms, because other programs wait for the lock meanwhile.
struct CommitSlicer: Sendable {
  /// The changes of one transaction, and their first `seq`.
  struct Written {
    var transitions: [Transition]
    var firstSeq: Int64
  }

  /// The target duration of a transaction, in seconds.
  private static let seconds = 0.05
  /// The range of the limit, in changes. Smaller transactions cost more: an attempt that begins and ends within one
  /// transaction is written only once.
  private static let limits = 5_000...50_000

  /// The maximum number of changes in the next transaction, adjusted to the duration of the last ones.
  private var limit = limits.lowerBound
  private let now: @Sendable () -> ContinuousClock.Instant

  init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

  /// Commits all pending changes, in at least one transaction.
  ///
  /// - Parameter commit: makes one transaction, and returns the first `seq`; its argument tells whether it is the last
  ///   one.
  /// - Throws: the error of `commit`; earlier transactions stay committed.
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

  /// Changes to be committed.
  struct Pending: Sendable {
    /// In the recorded order. A single transition is not split: its size is bounded by the cluster's maximum batch
    /// size.
    private var rest: ArraySlice<Transition> = []
    private var queue: AttemptOrder.Queue?

    /// - Parameter order: used if the changes may not fit into one transaction; nil means the recorded order.
    init(_ transitions: [Transition], order: AttemptOrder?) {
      let changes = transitions.reduce(0) { $0 + $1.changeCount }
      if changes > CommitSlicer.limits.lowerBound { queue = order?.queue(transitions) }
      if queue == nil { rest = transitions[...] }
    }

    var isEmpty: Bool { rest.isEmpty && queue?.isEmpty ?? true }

    /// Takes the changes of the next transaction, up to the limit, but at least one transition if any are left.
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

  /// Small transactions are ignored: their duration does not predict that of large ones. A transaction that also
  /// checkpoints the WAL or syncs takes longer than it holds the lock, so the limit at most halves or doubles each
  /// time.
  private mutating func adjustLimit(changes: Int, took: Duration) {
    guard changes * 2 >= limit else { return }
    let fitting = Int(Double(changes) * Self.seconds / max(took / .seconds(1), 1e-6))
    let next = min(max(fitting, limit / 2), limit * 2)
    limit = min(max(next, Self.limits.lowerBound), Self.limits.upperBound)
  }
}
