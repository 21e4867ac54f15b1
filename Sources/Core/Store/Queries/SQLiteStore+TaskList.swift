import GRDB
import JobmonModel

extension SQLiteStore {
  /// The tasks of a workflow with the results of their last attempts.
  ///
  /// - Parameters:
  ///   - sort: nil sorts by id.
  ///   - withCommands: whether ``TaskListRow/command`` is set.
  /// - Throws: ``StoreError/notFound(_:)``
  public func taskList(
    of workflow: WorkflowID, _ filter: TaskFilter = TaskFilter(), sort: TaskSort? = nil,
    withCommands: Bool = false
  ) throws -> [TaskListRow] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let driver = try Self.driver(of: workflow, database)
      let now = Timestamp.now
      let (terms, arguments) = filter.condition(in: workflow, at: now)
      let templates = withCommands ? try Self.templates(of: workflow, database) : []
      let cursor = try Row.fetchCursor(
        database,
        sql: """
          WITH \(TaskStates.openInstances(of: workflow))
          SELECT t.id, d.name, t.array, t.status, t.retries, (SELECT status FROM open o WHERE o.task = t.id) AS now,
            (SELECT count(*) FROM instance x WHERE x.task_id = t.id) AS attempts,
            \(TaskFilter.seconds(at: now)) AS seconds, i.peak, i.cpu, i.node, i.cause, i.code, i.detail, i.started, i.ended
            \(withCommands ? ", d.arguments, d.command" : "")
          \(Self.taskSource(scope, terms))
          ORDER BY \(sort.map { Self.order($0, scope) } ?? "t.id") LIMIT \(filter.limit ?? -1)
          """, arguments: arguments)
      var rows: [TaskListRow] = []
      while let row = try cursor.next() {
        let kept: TaskStatus = try stored(row[3])
        let open = try (row[5] as String?).map { TaskStatus(open: try stored($0)) }
        let status = (open ?? kept).word
        func time(_ column: Int) -> Timestamp? { (row[column] as Int64?).map(Timestamp.init(rawValue:)) }
        var made = TaskListRow(
          id: row[0], name: row[1], template: scope.templates[row[2]], status: status, attempts: row[6],
          retries: row[4], seconds: row[7], peakMemory: row[8], cpu: row[9], node: row[10],
          cause: try (row[11] as String?).map { try cause($0, code: row[12], detail: row[13]) },
          started: time(14), ended: time(15))
        made.driver = driver.ifNotable(for: status)
        if withCommands {
          made.command = try row[17] ?? templates[row[2]].render(Self.texts(row, 16))
        }
        rows.append(made)
      }
      return rows
    }
  }

  /// The number of tasks that match a filter, without its limit.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func taskCount(of workflow: WorkflowID, _ filter: TaskFilter = TaskFilter()) throws -> Int {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let (terms, arguments) = filter.condition(in: workflow, at: .now)
      if terms.isEmpty { return scope.taskCount }
      return try Int.fetchOne(
        database,
        sql: """
          WITH \(TaskStates.openInstances(of: workflow))
          SELECT count(*) \(Self.taskSource(scope, terms))
          """, arguments: arguments) ?? 0
    }
  }

  /// The tasks `t` of a workflow that meet all conditions, their definitions `d` and their last attempts `i`. SQLite does
  /// not look up the last attempts if no column of `i` is used.
  static func taskSource(_ scope: WorkflowScope, _ terms: [String]) -> String {
    let conditions = ["t.id >= \(scope.tasks.lowerBound)", "t.id < \(scope.tasks.upperBound)"] + terms
    return """
      FROM task t CROSS JOIN task_definition d ON d.id = t.id
        LEFT JOIN instance i ON i.id = (SELECT max(id) FROM instance x WHERE x.task_id = t.id)
      WHERE \(conditions.joined(separator: " AND "))
      """
  }

  /// The SQL sort order of a list. Rows with equal values are sorted by id.
  private static func order(_ sort: TaskSort, _ scope: WorkflowScope) -> String {
    let direction = sort.isDescending ? "DESC" : "ASC"
    let expression =
      switch sort.column {
      case .id: "t.id"
      case .name: "d.name"
      case .template:
        "CASE t.array "
          + scope.templates.indices.sorted {
            scope.templates[$0].utf8.lexicographicallyPrecedes(scope.templates[$1].utf8)
          }
          .enumerated().map { "WHEN \($1) THEN \($0)" }.joined(separator: " ") + " END"
      case .status:
        "CASE coalesce((SELECT status FROM open o WHERE o.task = t.id), t.status) \(statusOrder) END"
      case .attempts: "attempts"
      case .duration: "seconds"
      case .memory: "i.peak"
      case .node: "i.node"
      case .exit: "i.cause \(direction) NULLS LAST, i.code"
      }
    return "\(expression) \(direction) NULLS LAST, t.id"
  }

  /// The branches of a CASE over stored statuses: the position of the word that is shown, in ``TaskWord``.
  private static var statusOrder: String {
    let words =
      TaskStatus.kept.map { ($0.rawValue, $0.word) }
      + TaskInstanceStatus.allCases.map { ($0.rawValue, TaskStatus(open: $0).word) }
    return words.map { "WHEN '\($0)' THEN \(TaskWord.allCases.firstIndex(of: $1)!)" }.joined(separator: " ")
  }

  /// The texts that are packed in a column.
  static func texts(_ row: Row, _ column: Int) throws -> [String] {
    try row.withUnsafeData(atIndex: column) { data in
      data.map { $0.withUnsafeBytes(Packing.unpackTexts) } ?? []
    }
  }

  /// The cause stored in three columns.
  func cause(_ word: String, code: Int?, detail: String?) throws -> Cause {
    guard let cause = Cause(word: word, code: code, detail: detail) else {
      throw StoreError.corrupt(path: path, "\"\(word)\" is not a valid cause")
    }
    return cause
  }
}

extension TaskFilter {
  /// Seconds of the last attempt `i`: the measured time, else the time from its start to its end, or to `now`.
  static func seconds(at now: Timestamp) -> String {
    "coalesce(i.wall, (coalesce(i.ended, \(now.rawValue)) - i.started) / 1000.0)"
  }

  /// The SQL conditions on `task t`, `task_definition d` and the last attempt `i`.
  func condition(in workflow: WorkflowID, at now: Timestamp) -> ([String], StatementArguments) {
    var terms: [String] = []
    var arguments = StatementArguments()
    if let template = template.map(NamePattern.init(text:)) {
      terms.append(
        """
        t.array IN (SELECT a.place FROM array a JOIN template_version v ON v.id = a.template_version_id
          WHERE a.workflow_id = \(workflow) AND \(template.condition("v.name")))
        """)
      arguments += [template.argument]
    }
    if let name = name.map(NamePattern.init(text:)) {
      terms.append(name.condition("d.name"))
      arguments += [name.argument]
    }
    if let states = TaskStates(words) { terms.append(states.condition) }
    if let node = node.map(NamePattern.init(text:)) {
      terms.append(node.condition("i.node"))
      arguments += [node.argument]
    }
    if let longerThan {
      terms.append("\(Self.seconds(at: now)) >= ?")
      arguments += [longerThan]
    }
    for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
      // Attributes written by the command override those of the definition.
      terms.append(
        """
        coalesce((SELECT j.value FROM json_each(t.written) j WHERE j.key = ?),
          (SELECT j.value FROM json_each(d.attributes) j WHERE j.key = ?)) = ?
        """)
      arguments += [key, key, value]
    }
    return (terms, arguments)
  }
}
