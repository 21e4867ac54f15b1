import GRDB
import JobmonModel

extension SQLiteStore {
  /// Number of lines of standard error on a card.
  private static let tailLines = 10
  /// Number of bytes that are read from the end of a file for them.
  private static let tailBytes = 8192

  /// Everything about a task on one page. Reads the end of a log file.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func taskCard(_ task: TaskID) throws -> TaskCard {
    var card = try read { try taskCard(task, $0) }
    for index in card.attempts.indices {
      (card.attempts[index].stdout, card.attempts[index].stderr) = card.attempts[index].row.logFiles
    }
    if let stderr = card.attempts.last?.stderr {
      var tail = LogTail(most: Self.tailBytes)
      // The end of an unreadable file is omitted; `jobmon task logs` reports the reason.
      card.stderrTail = try? tail.lines(of: stderr, last: Self.tailLines)
    }
    return card
  }

  private func taskCard(_ id: TaskID, _ database: Database) throws -> TaskCard {
    let scope = try WorkflowScope(task: id, database)
    guard let task = try taskRow(scope, id, database),
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT d.arguments, d.command, d.attributes, t.written, t.array, w.name
          FROM task t CROSS JOIN task_definition d ON d.id = t.id CROSS JOIN workflow w ON w.id = ?
          WHERE t.id = ?
          """, arguments: [scope.id, id])
    else { throw StoreError.notFound("task \(id)") }
    let template = try Self.templates(of: scope.id, database)[row[4]]
    let values = try Self.texts(row, 0)
    let pairs = zip(template.arguments, values).map { (name: $0, value: $1) }
    let (nodes, tasks) = (template.nodeArgs.count, template.taskArgs.count)
    var attributes = try (row[2] as String?).map { try StoredJSON.value([String: String].self, $0) } ?? [:]
    if let written = row[3] as String? {
      attributes.merge(try StoredJSON.value([String: String].self, written)) { $1 }
    }
    let attempts = try AttemptReader(self, scope).rows("i.task_id = ? ORDER BY i.id", [id], database)
    let folder = try String.fetchOne(
      database,
      sql: """
        SELECT r.working_directory FROM instance i CROSS JOIN run r ON r.id = i.run_id
        WHERE i.task_id = ? ORDER BY i.id DESC LIMIT 1
        """, arguments: [id])
    let upstreams = try Self.upstreams(of: id, scope, database)
    return TaskCard(
      task: task, workflow: scope.id, workflowName: row[5],
      driver: try Self.driver(of: scope.id, database), command: row[1] ?? template.render(values),
      folder: folder ?? scope.workingDirectory,
      arguments: [
        (role: "node_args", values: Array(pairs.prefix(nodes))),
        (role: "task_args", values: Array(pairs.dropFirst(nodes).prefix(tasks))),
        (role: "op_args", values: Array(pairs.dropFirst(nodes + tasks))),
      ],
      attributes: attributes, request: attempts.last?.attempt.request,
      attempts: attempts.map { TaskCard.Attempt(row: $0.attempt) },
      missing: try taskRows(scope, indices: upstreams, database).filter { $0.status != .done })
  }
}
