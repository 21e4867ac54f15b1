import Foundation
import GRDB
import JobmonModel

/// The feed: every commit appends its changes as one row.
extension SQLiteStore {
  /// The changes after a number of the feed, oldest first.
  ///
  /// To continue reading, pass the ``Change/lastSeq`` of the last change, at any later time: no change is missed.
  /// Reading does not slow a live run. A change of which only the last steps are new is returned as a whole.
  ///
  /// - Parameters:
  ///   - seq: 0 for all changes.
  ///   - workflow: nil for all workflows.
  ///   - limit: the minimum number of changes to read, if there are as many; changes that were committed together are
  ///     read together. nil means all.
  /// - Throws: ``StoreError``
  public func changes(after seq: Int64, of workflow: WorkflowID? = nil, limit: Int? = nil) throws -> [Change]
  {
    try read { database in
      var changes: [Change] = []
      try Feed.forEachChange(after: seq, of: workflow, database, path: path) { change in
        changes.append(change)
      } isEnough: {
        limit.map { changes.count >= $0 } ?? false
      }
      return changes
    }
  }

  /// The number of the last change in the store; 0 if there is none.
  public func lastSeq() throws -> Int64 {
    try read { try Feed.lastSeq($0) }
  }
}

/// The rows of the table `feed`.
enum Feed {
  private static let columns = "seq, workflow_id, run_id, user, changes"

  /// The number of the last step; 0 if there is none.
  static func lastSeq(_ database: Database) throws -> Int64 {
    try Int64.fetchOne(database, sql: "SELECT last FROM feed ORDER BY seq DESC LIMIT 1") ?? 0
  }

  /// Appends changes that are committed together.
  static func append(
    _ changes: ChangeEncoder, workflow: WorkflowID, run: WorkflowRunID?, user: String? = nil,
    _ database: Database
  ) throws {
    guard !changes.isEmpty else { return }
    try database.cachedStatement(
      sql: """
        INSERT INTO feed (seq, last, workflow_id, run_id, user, time, kinds, changes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      changes.firstSeq, changes.lastSeq, workflow, run, user, Timestamp.now.rawValue, changes.kinds,
      Data(changes.bytes),
    ])
  }

  /// Appends one change that does not come from ``SQLiteStore/apply(_:run:synced:)``.
  ///
  /// - Returns: its first number.
  @discardableResult
  static func append(
    _ what: Change.What, workflow: WorkflowID, run: WorkflowRunID? = nil, user: String? = nil,
    _ database: Database
  ) throws -> Int64 {
    var change = Change(seq: 0, time: .now, workflow: workflow, run: run, user: user, what)
    change.seq = try nextSeq(database, change.count)
    var encoder = ChangeEncoder()
    try encoder.append(change)
    try append(encoder, workflow: workflow, run: run, user: user, database)
    return change.seq
  }

  /// Reserves the next numbers, and returns the first of them.
  private static func nextSeq(_ database: Database, _ count: Int) throws -> Int64 {
    try Int64.fetchOne(
      database, sql: "UPDATE progress SET seq = seq + ? WHERE workflow_id = 0 RETURNING seq - ? + 1",
      arguments: [count, count])!
  }

  /// Calls `body` with changes, oldest first.
  ///
  /// - Parameters:
  ///   - seq: only changes whose last step has a higher number.
  ///   - workflow: nil for all workflows.
  ///   - task: if given, only changes of this task and its attempts.
  ///   - kind: if given, only changes that were committed together with a change of this kind.
  ///   - isEnough: called after the changes of each row; true ends the reading.
  static func forEachChange(
    after seq: Int64 = 0, of workflow: WorkflowID?, task: TaskID? = nil, kind: ChangeTag? = nil,
    _ database: Database,
    path: String, _ body: (Change) throws -> Void, isEnough: () -> Bool = { false }
  ) throws {
    // The row that contains `seq` may also contain later changes.
    let start = workflow == nil ? "" : "workflow_id = ?2 AND "
    try HotRow.forEachWhile(
      database,
      """
      SELECT \(columns) FROM feed
      WHERE \(start)seq >= coalesce((SELECT max(seq) FROM feed WHERE \(start)seq <= ?1), 0)
        \(kind.map { "AND kinds & \($0.bit)" } ?? "")
      ORDER BY seq
      """, [seq] + (workflow.map { [$0] } ?? [])
    ) { row in
      try decode(row, task, path) { if $0.lastSeq > seq { try body($0) } }
      return !isEnough()
    }
  }

  /// Calls `body` with the changes of each row of a workflow, the last row first.
  ///
  /// - Parameter body: gets a row's changes, oldest first, and returns false to stop.
  static func forEachRowBackwards(
    of workflow: WorkflowID, task: TaskID?, _ database: Database, path: String,
    _ body: ([Change]) throws -> Bool
  ) throws {
    try HotRow.forEachWhile(
      database, "SELECT \(columns) FROM feed WHERE workflow_id = ? ORDER BY seq DESC", [workflow]
    ) { row in
      var changes: [Change] = []
      try decode(row, task, path) { changes.append($0) }
      return try body(changes)
    }
  }

  private static func decode(_ row: HotRow, _ task: TaskID?, _ path: String, _ body: (Change) throws -> Void)
    throws
  {
    let common = ChangeDecoder.Row(
      firstSeq: row.int(0), workflow: row.int(1), run: row.intOrNil(2), user: row.text(3))
    try row.withBlob(4) { bytes in
      var decoder = ChangeDecoder(bytes, common)
      do {
        while let change = try decoder.next(only: task) { try body(change) }
      } catch is ChangeDecoder.Fault {
        throw StoreError.corrupt(path: path, "row \(common.firstSeq) of feed cannot be read")
      }
    }
  }
}
