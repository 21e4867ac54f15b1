import Foundation
import GRDB
import JobmonModel

/// A workflow that ``SQLiteStore/prune(_:)`` removes.
public struct PrunableWorkflow: Hashable, Sendable {
  /// The workflow as listings show it.
  public var row: WorkflowRow
  /// Time of the last event: when it was bound, or when its last run ended (or started, if it has no recorded end).
  public var touched: Timestamp
  /// The folders of its log files.
  public var logFolders: [String]
}

extension SQLiteStore {
  /// Number of tasks, or of rows of another table, that one transaction removes. It takes about 30 ms, well below the
  /// limit of 100 ms.
  private static let slice = 4_000
  /// The value of `replaced_by` in a workflow that is being removed. No other query finds such a workflow.
  static let isBeingRemoved = -1

  /// The workflows that can be removed: without events since `before`, and not held by a live run.
  ///
  /// - Parameters:
  ///   - ids: only these workflows. If a live run holds one of them, the call is refused.
  ///   - users: only workflows of these users; empty means all.
  ///   - statuses: only workflows with these statuses; empty means all.
  public func prunable(
    before: Timestamp?, ids: [WorkflowID] = [], users: [String] = [], statuses: [WorkflowStatus] = []
  ) throws -> [PrunableWorkflow] {
    let rows = try workflows(WorkflowFilter(ids: ids, users: users, statuses: statuses))
    return try read { database in
      try rows.reversed().compactMap { row in
        let runs = try Row.fetchAll(
          database, sql: "SELECT logs, coalesce(ended, started) FROM run WHERE workflow_id = ?",
          arguments: [row.id])
        let touched = Timestamp(
          rawValue: max(row.created.rawValue, runs.map { $0[1] as Int64 }.max() ?? .min))
        if let before, touched >= before { return nil }
        if let run = try Int64.fetchOne(
          database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
          arguments: [row.id])
        {
          let holder = try Self.holder(run, database)
          guard holder.isKnownDead else {
            if ids.contains(row.id) {
              throw RunRefusal(StoreRefusal.held(row.id, by: run, host: holder.driver.host))
            }
            return nil
          }
        }
        let folders = Set(runs.map { LogFiles.folder(logs: $0[0], workflow: row.id, storeID: id) })
        return PrunableWorkflow(row: row, touched: touched, logFolders: folders.sorted())
      }
    }
  }

  /// Removes workflows with their tasks, attempts, runs and history. Works in slices, so that live runs can continue.
  /// The learned run times of the templates are kept. An interrupted removal is completed by the next call.
  ///
  /// - Returns: the ids of the removed workflows. A workflow that a run has taken in the meantime is kept.
  @discardableResult
  public func prune(_ workflows: [WorkflowID]) throws -> [WorkflowID] {
    for workflow in workflows {
      try write { database in
        let holder = try Int64.fetchOne(
          database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
          arguments: [workflow])
        if let holder, try !Self.holder(holder, database).isKnownDead { return }
        try database.execute(
          sql: "UPDATE workflow SET replaced_by = ?, is_bound = 0, holder = NULL WHERE id = ?",
          arguments: [Self.isBeingRemoved, workflow])
      }
    }
    let marked = try read {
      try Row.fetchAll(
        $0, sql: "SELECT id, first_task, task_count FROM workflow WHERE replaced_by = ? ORDER BY id",
        arguments: [Self.isBeingRemoved])
    }
    for row in marked { try remove(row[0], tasks: (row[1] as Int64)..<(row[1] as Int64) + (row[2] as Int64)) }
    return marked.map { $0[0] }
  }

  private func remove(_ workflow: WorkflowID, tasks: Range<TaskID>) throws {
    for start in stride(from: tasks.lowerBound, to: tasks.upperBound, by: Self.slice) {
      let end = min(start + Int64(Self.slice), tasks.upperBound)
      try write { database in
        try database.execute(
          sql: "DELETE FROM instance WHERE task_id >= ? AND task_id < ?", arguments: [start, end])
        try Self.deleteTasks(start..<end, database)
        KillPoint.reached("store.prune.before-commit")
      }
    }
    let batches = try read {
      try Int64.fetchAll(
        $0, sql: "SELECT id FROM batch WHERE run_id IN (SELECT id FROM run WHERE workflow_id = ?)",
        arguments: [workflow])
    }
    for start in stride(from: 0, to: batches.count, by: Self.slice) {
      let ids = batches[start..<min(start + Self.slice, batches.count)].map(String.init).joined(
        separator: ",")
      try write { try $0.execute(sql: "DELETE FROM batch WHERE id IN (\(ids))") }
    }
    for table in ["feed", "upstream_set", "settings"] {
      let key = table == "feed" ? "seq" : "place"
      var isLeft = true
      while isLeft {
        isLeft = try write { database in
          try database.execute(
            sql: """
              DELETE FROM \(table) WHERE workflow_id = ?1 AND \(key) IN
                (SELECT \(key) FROM \(table) WHERE workflow_id = ?1 LIMIT \(Self.slice))
              """, arguments: [workflow])
          return database.changesCount > 0
        }
      }
    }
    try write { database in
      for table in ["array", "run", "progress", "rerun"] {
        try database.execute(sql: "DELETE FROM \(table) WHERE workflow_id = ?", arguments: [workflow])
      }
      try database.execute(sql: "DELETE FROM workflow WHERE id = ?", arguments: [workflow])
    }
  }

  /// Returns the space of removed rows to the file system. The database is locked for writing during this time.
  public func vacuum() throws {
    do { try queue.inDatabase { try $0.execute(sql: "VACUUM") } } catch {
      throw StoreError(error, path: path)
    }
    try emptyLog()
  }
}
