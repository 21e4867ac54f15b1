import GRDB
import JobmonModel

extension SQLiteStore {
  /// Workflows with their counts, newest first.
  ///
  /// The cost does not depend on the number of tasks: the counts are updated with every change, and only open instances
  /// are counted here.
  ///
  /// - Throws: ``StoreError/notFound(_:)`` if the filter contains an id that does not exist.
  public func workflows(_ filter: WorkflowFilter = WorkflowFilter()) throws -> [WorkflowRow] {
    try read { database in
      for id in filter.ids { try WorkflowScope.require(id, database) }
      let (condition, arguments) = filter.condition
      let limit = filter.ids.isEmpty ? filter.limit : nil
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, name, status, created, task_count FROM workflow
          WHERE \(condition) ORDER BY id DESC LIMIT \(limit ?? -1)
          """, arguments: arguments)
      return try rows.map { try workflowRow($0, database) }
    }
  }

  /// The number of workflows that match a filter, without its limit.
  public func workflowCount(_ filter: WorkflowFilter = WorkflowFilter()) throws -> Int {
    let (condition, arguments) = filter.condition
    return try read {
      try Int.fetchOne($0, sql: "SELECT count(*) FROM workflow WHERE \(condition)", arguments: arguments) ?? 0
    }
  }

  private func workflowRow(_ row: Row, _ database: Database) throws -> WorkflowRow {
    let id: WorkflowID = row[0]
    let counts = try Row.fetchOne(
      database, sql: "SELECT done, fatal, retries FROM progress WHERE workflow_id = ?", arguments: [id])
    var result = WorkflowRow(
      id: id, name: row[1], status: try stored(row[2]), created: Timestamp(rawValue: row[3]), tasks: row[4],
      pending: 0, scheduled: 0, running: 0,
      done: counts?[0] ?? 0, fatal: counts?[1] ?? 0, retries: counts?[2] ?? 0)
    let open = try Row.fetchCursor(
      database,
      sql: "SELECT status, count(*) FROM open_instance WHERE workflow_id = ? GROUP BY status",
      arguments: [id])
    while let counted = try open.next() {
      switch TaskStatus(open: try stored(counted[0])).word {
      case .scheduled: result.scheduled += counted[1] as Int
      case .running: result.running += counted[1] as Int
      default: break
      }
    }
    result.driver = try Self.driver(of: id, database).ifNotable
    result.pending = result.tasks - result.scheduled - result.running - result.done - result.fatal
    return result
  }
}

extension WorkflowFilter {
  /// The SQL condition on a row of `workflow`.
  fileprivate var condition: (String, StatementArguments) {
    var terms = ["replaced_by IS NOT \(SQLiteStore.isBeingRemoved)"]
    var arguments = StatementArguments()
    func isOneOf(_ column: String, _ values: [some DatabaseValueConvertible]) {
      guard !values.isEmpty else { return }
      terms.append("\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(values)
    }
    isOneOf("id", ids)
    isOneOf("user", users)
    isOneOf("status", statuses.map(\.rawValue))
    for (column, pattern) in [("name", name), ("tool", tool)] {
      guard let pattern = pattern.map(NamePattern.init(text:)) else { continue }
      terms.append(pattern.condition(column))
      arguments += [pattern.argument]
    }
    for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
      terms.append("EXISTS (SELECT 1 FROM json_each(attributes) j WHERE j.key = ? AND j.value = ?)")
      arguments += [key, value]
    }
    if let since {
      terms.append("created >= ?")
      arguments += [since.rawValue]
    }
    return (terms.joined(separator: " AND "), arguments)
  }
}
