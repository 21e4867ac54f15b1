import GRDB
import JobmonModel

extension SQLiteStore {
  /// All changes of a workflow, oldest first: the steps of its feed, with the names of tasks.
  ///
  /// - Parameter limit: maximum number of rows, the newest ones; nil means all.
  /// - Throws: ``StoreError/notFound(_:)``
  public func history(of workflow: WorkflowID, limit: Int? = nil) throws -> [HistoryRow] {
    try read { try history(WorkflowScope(workflow, $0), task: nil, limit: limit, $0) }
  }

  /// All changes of a task and its attempts, as in ``history(of:limit:)``.
  public func history(ofTask task: TaskID, limit: Int? = nil) throws -> [HistoryRow] {
    try read { try history(WorkflowScope(task: task, $0), task: task, limit: limit, $0) }
  }

  /// An upper bound of the number of rows of ``history(of:limit:)`` without a limit: the numbers of the feed that the
  /// workflow has used.
  public func historyCount(of workflow: WorkflowID) throws -> Int {
    try read { database in
      try WorkflowScope.require(workflow, database)
      return try Int.fetchOne(
        database, sql: "SELECT coalesce(sum(last - seq + 1), 0) FROM feed WHERE workflow_id = ?",
        arguments: [workflow]) ?? 0
    }
  }

  private func history(_ scope: WorkflowScope, task: TaskID?, limit: Int?, _ database: Database) throws
    -> [HistoryRow]
  {
    var events: [StatusEvent] = []
    if let limit {
      // Row by row, from the end.
      var rows: [[StatusEvent]] = []
      var count = 0
      try Feed.forEachRowBackwards(of: scope.id, task: task, database, path: path) { changes in
        var row: [StatusEvent] = []
        for change in changes { change.forEachEvent { row.append($0) } }
        count += row.count
        rows.append(row)
        return count < limit
      }
      events = Array(rows.reversed().joined().suffix(limit))
    } else {
      try Feed.forEachChange(of: scope.id, task: task, database, path: path) { change in
        change.forEachEvent { events.append($0) }
      }
    }
    try name(&events, database)
    return events.map(HistoryRow.init)
  }

  private func name(_ events: inout [StatusEvent], _ database: Database) throws {
    let list = "[" + Set(events.compactMap(\.taskID)).map(String.init).joined(separator: ",") + "]"
    var names: [TaskID: String] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, name FROM task_definition WHERE id IN (SELECT value FROM json_each(?))",
      arguments: [list])
    while let row = try rows.next() { names[row[0]] = row[1] }
    for index in events.indices { events[index].taskName = events[index].taskID.flatMap { names[$0] } }
  }
}
