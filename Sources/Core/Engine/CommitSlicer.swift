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
  private let order: AttemptOrder?
  private let now: @Sendable () -> ContinuousClock.Instant

  /// - Parameter order: the order in which what does not fit into one transaction is committed; nil: its own.
  init(order: AttemptOrder?, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.order = order
    self.now = now
  }

  /// Commits the transitions.
  ///
  /// - Parameter commit: makes one transaction, and returns the first `seq`; it is told whether it is the last.
  /// - Throws: what `commit` threw; what came before is committed then.
  mutating func commit(
    _ transitions: [Transition], by commit: (_ slice: [Transition], _ isLast: Bool) throws -> Int64
  ) throws -> [Written] {
    var rest = Rest.asRecorded(transitions[...])
    let changes = transitions.reduce(0) { $0 + $1.changeCount }
    if changes > limit, let queue = order?.queue(transitions) { rest = .byAttempt(queue) }
    var written: [Written] = []
    repeat {
      let slice = rest.next(limit)
      let began = now()
      written.append(Written(transitions: slice, firstSeq: try commit(slice, rest.isEmpty)))
      adjustLimit(changes: slice.reduce(0) { $0 + $1.changeCount }, took: now() - began)
      if !rest.isEmpty { KillPoint.reached("driver.commit.between") }
    } while !rest.isEmpty
    return written
  }

  /// What is still to be committed.
  private enum Rest {
    /// A single transition is not cut here: a batch is at most as long as its cluster takes.
    case asRecorded(ArraySlice<Transition>)
    case byAttempt(AttemptOrder.Queue)

    var isEmpty: Bool {
      switch self {
      case .asRecorded(let transitions): transitions.isEmpty
      case .byAttempt(let queue): queue.isEmpty
      }
    }

    /// Takes at most as many changes as a transaction writes, at least one where one is left.
    mutating func next(_ limit: Int) -> [Transition] {
      switch self {
      case .asRecorded(let transitions):
        var (end, changes) = (transitions.startIndex, 0)
        while end < transitions.endIndex,
          end == transitions.startIndex || changes + transitions[end].changeCount <= limit
        {
          changes += transitions[end].changeCount
          end += 1
        }
        self = .asRecorded(transitions[end...])
        return Array(transitions[..<end])
      case .byAttempt(var queue):
        let slice = queue.next(limit)
        self = .byAttempt(queue)
        return slice
      }
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
