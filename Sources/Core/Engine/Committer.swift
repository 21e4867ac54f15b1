import JobmonModel
import JobmonStore

/// Writes the engine's records to the store.
protocol Committer: AnyObject {
  /// Accepts the records of a turn. When this returns, everything that depends on them may be done.
  ///
  /// - Parameters:
  ///   - records: in the recorded order.
  ///   - isAwaited: whether anything depends on their commit; otherwise they may be committed later.
  ///   - synced: whether they must also survive a power failure.
  ///   - now: monotonic milliseconds.
  /// - Throws: ``StoreError``
  func take(_ records: [Transition], isAwaited: Bool, synced: Bool, now: Int64) throws

  /// When the waiting records have to be committed, in monotonic milliseconds; nil if none are waiting.
  var due: Int64? { get }

  /// Commits all waiting records. When this returns, no commit is in progress.
  ///
  /// - Throws: ``StoreError``
  func commitAll() throws

  /// Waits for commits in progress. Afterwards the store can be used for something else.
  ///
  /// - Throws: ``StoreError``
  func waitForStore() throws
}

/// Commits changes of a run in one transaction.
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

/// Commits before anything that depends on the commit is done. Used for everything that is visible outside the process.
final class DirectCommitter: Committer {
  /// How long the record of a task's start may wait for another commit, in milliseconds.
  private static let newsMayWait: Int64 = 50

  private let transaction: RunTransaction
  private let order: AttemptOrder?
  /// Called with the committed changes, and whether they are synced.
  private let committed: ([CommitSlicer.Written], Bool) -> Void
  private var slicer = CommitSlicer()
  /// Waiting records; nothing depends on them yet.
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

/// Commits many changes together on a separate thread. Simulated events end with this process, so nothing outside
/// depends on a commit.
final class SimulatedCommitter: Committer {
  /// The number of changes that are committed together.
  private static let atOnce = 200_000

  private let behind: CommitBehind
  /// Called with the committed changes.
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
