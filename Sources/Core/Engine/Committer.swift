import JobmonModel
import JobmonStore

/// Gets what the engine records into the store.
protocol Committer: AnyObject {
  /// Takes what a turn has recorded. Whatever depends on it may be done when this returns.
  ///
  /// - Parameters:
  ///   - records: in their order.
  ///   - isAwaited: whether something depends on their commit; else they may wait for others.
  ///   - synced: whether they must survive the loss of power, too.
  ///   - now: monotonic milliseconds.
  /// - Throws: ``StoreError``
  func take(_ records: [Transition], isAwaited: Bool, synced: Bool, now: Int64) throws

  /// When something has to be committed that waits for others, in monotonic milliseconds; nil where nothing does.
  var due: Int64? { get }

  /// Commits what waits. Nothing is being committed any more when this returns.
  ///
  /// - Throws: ``StoreError``
  func commitAll() throws

  /// Waits for what is being committed: then the store can be used for something else.
  ///
  /// - Throws: ``StoreError``
  func waitForStore() throws
}

/// Makes one transaction of a run's changes.
struct RunTransaction: Sendable {
  let store: any Store
  let run: WorkflowRunID

  /// - Returns: the first `seq`.
  /// - Throws: ``StoreError``
  func commit(_ transitions: [Transition], synced: Bool) throws -> Int64 {
    KillPoint.reached("driver.commit.before")
    let seq = try store.apply(transitions, run: run, synced: synced)
    KillPoint.reached("driver.commit.after")
    return seq
  }
}

/// Commits before anything is done that depends on it: for everything that others can see.
final class DirectCommitter: Committer {
  /// How long the news that a task has started may wait for a commit that something depends on, in milliseconds.
  private static let newsMayWait: Int64 = 50

  private let transaction: RunTransaction
  private let order: AttemptOrder?
  /// Is told what was committed, and whether it is synced.
  private let committed: ([CommitSlicer.Written], Bool) -> Void
  private var slicer = CommitSlicer()
  /// Records that nothing depends on yet.
  private var news: [Transition] = []
  private(set) var due: Int64?

  init(
    _ transaction: RunTransaction, order: AttemptOrder?,
    committed: @escaping ([CommitSlicer.Written], Bool) -> Void
  ) {
    self.transaction = transaction
    self.order = order
    self.committed = committed
  }

  func take(_ records: [Transition], isAwaited: Bool, synced: Bool, now: Int64) throws {
    if isAwaited { return try commit(records, synced: synced) }
    guard !records.isEmpty else { return }
    news += records
    due = due ?? now + Self.newsMayWait
  }

  func commitAll() throws {
    if !news.isEmpty { try commit([], synced: false) }
  }

  func waitForStore() {}

  private func commit(_ records: [Transition], synced: Bool) throws {
    let all = news + records
    (news, due) = ([], nil)
    let written = try slicer.commit(CommitSlicer.Pending(all, order: order)) { slice, isLast in
      try transaction.commit(slice, synced: synced && isLast)
    }
    committed(written, synced)
  }
}

/// Commits on a thread of its own, many changes together: what happens in simulated time ends with this process, so nothing
/// that others can see depends on it.
final class SimulatedCommitter: Committer {
  /// How many changes are committed together.
  private static let atOnce = 200_000

  private let behind: CommitBehind
  /// Is told what was committed.
  private let committed: ([CommitSlicer.Written]) -> Void
  private var records: [Transition] = []
  private var changes = 0

  init(
    _ transaction: RunTransaction, order: AttemptOrder?, committed: @escaping ([CommitSlicer.Written]) -> Void
  ) {
    behind = CommitBehind(order: order) { try transaction.commit($0, synced: false) }
    self.committed = committed
  }

  var due: Int64? { nil }

  func take(_ records: [Transition], isAwaited: Bool, synced: Bool, now: Int64) throws {
    self.records += records
    changes += records.reduce(0) { $0 + $1.changeCount }
    if changes >= Self.atOnce { try begin(isComplete: false) }
  }

  func commitAll() throws {
    try begin(isComplete: true)
    try waitForStore()
  }

  func waitForStore() throws { committed(try behind.finish()) }

  private func begin(isComplete: Bool) throws {
    let all = records
    (records, changes) = ([], 0)
    committed(try behind.begin(all, isComplete: isComplete))
  }
}
