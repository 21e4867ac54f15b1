import GRDB
import JobmonModel

extension SQLiteStore {
  /// The tasks of a workflow, sorted by id.
  public func tasks(of workflow: WorkflowID, _ filter: TaskFilter = TaskFilter()) throws -> [WorkflowTaskRow]
  {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let driver = try Self.driver(of: workflow, database)
      let (terms, arguments) = filter.condition(in: workflow, at: .now)
      return try taskRows(scope, terms, arguments, limit: filter.limit, database) {
        WorkflowTaskRow($0, driver: driver)
      }
    }
  }

  /// The workflow of a task.
  public func workflow(of task: TaskID) throws -> WorkflowID {
    try read { try WorkflowScope(task: task, $0).id }
  }

  /// The direct upstreams of `task`, followed by its direct downstreams.
  public func dependencies(of task: TaskID) throws -> [DependencyRow] {
    try read { database in
      let scope = try WorkflowScope(task: task, database)
      let dag = try DependencyClosure(scope, database)
      func rows(_ indices: some Sequence<TaskIndex>, _ direction: DependencyRow.Direction) throws
        -> [DependencyRow]
      {
        try taskRows(scope, indices: Array(indices), database).map { DependencyRow(direction, $0) }
      }
      let index = scope.index(task)
      return try rows(dag.sets[dag.upstreams[Int(index)]], .upstream)
        + rows(dag.downstreams(of: index), .downstream)
    }
  }

  /// The direct upstreams of one task, in order. Reads only its own upstream set.
  static func upstreams(of task: TaskID, _ scope: WorkflowScope, _ database: Database) throws -> [TaskIndex] {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT s.members FROM task_definition d
        JOIN upstream_set s ON s.workflow_id = ? AND s.place = d.upstream_set WHERE d.id = ?
        """, arguments: [scope.id, task])
    // Set 0 is empty and not stored.
    return try row?.withUnsafeData(atIndex: 0) { $0?.withUnsafeBytes(Packing.unpackMembers) } ?? []
  }

  /// The tasks with these indices, in order.
  func taskRows(_ scope: WorkflowScope, indices: [TaskIndex], _ database: Database) throws -> [TaskRow] {
    let ids = "[" + indices.map { String(scope.firstTask + Int64($0)) }.joined(separator: ",") + "]"
    return try taskRows(scope, ["t.id IN (SELECT value FROM json_each(?))"], [ids], limit: nil, database) {
      $0
    }
  }

  /// One task; nil if it does not exist.
  func taskRow(_ scope: WorkflowScope, _ id: TaskID, _ database: Database) throws -> TaskRow? {
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT d.name, t.array, t.status, t.retries,
            (SELECT i.status FROM open_instance i WHERE i.task_id = t.id LIMIT 1)
          FROM task t CROSS JOIN task_definition d ON d.id = t.id WHERE t.id = ?
          """), arguments: [id])
    guard let row else { return nil }
    let open: String? = row[4]
    let status = try open.map { TaskStatus(open: try stored($0)) } ?? stored(row[2])
    return TaskRow(
      id: id, name: row[0], template: scope.templates[row[1]], status: status.word, retries: row[3])
  }

  /// The tasks that meet all conditions (see ``taskSource(_:_:)``), each as `make` returns it.
  private func taskRows<Made>(
    _ scope: WorkflowScope, _ terms: [String], _ arguments: StatementArguments, limit: Int?,
    _ database: Database, _ make: (TaskRow) -> Made
  ) throws -> [Made] {
    let open = try openInstances(scope.id, database)
    var rows: [Made] = []
    let cursor = try Row.fetchCursor(
      database,
      sql: """
        WITH \(TaskStates.openInstances(of: scope.id))
        SELECT t.id, d.name, t.array, t.status, t.retries \(Self.taskSource(scope, terms))
        ORDER BY t.id LIMIT \(limit ?? -1)
        """, arguments: arguments)
    while let row = try cursor.next() {
      let id: TaskID = row[0]
      let kept: TaskStatus = try stored(row[3])
      rows.append(
        make(
          TaskRow(
            id: id, name: row[1], template: scope.templates[row[2]], status: (open[id] ?? kept).word,
            retries: row[4])))
    }
    return rows
  }

  /// The status of each task with an open instance.
  private func openInstances(_ workflow: WorkflowID, _ database: Database) throws -> [TaskID: TaskStatus] {
    var open: [TaskID: TaskStatus] = [:]
    let cursor = try Row.fetchCursor(
      database, sql: "WITH \(TaskStates.openInstances(of: workflow)) SELECT task, status FROM open")
    while let row = try cursor.next() { open[row[0]] = TaskStatus(open: try stored(row[1])) }
    return open
  }
}

/// A filter by displayed status, as a condition on `task t` and on the open instances of its workflow.
///
/// Tasks with an open instance are found by the open instances, which are few. Only the statuses of other tasks require
/// reading all tasks.
struct TaskStates {
  let condition: String

  /// - Returns: nil if every status matches.
  init?(_ words: Set<TaskWord>) {
    guard !words.isEmpty, words.count < TaskWord.allCases.count else { return nil }
    let kept = TaskStatus.kept.filter { words.contains($0.word) }.map { "'\($0.rawValue)'" }
    let open = TaskInstanceStatus.allCases.filter { !$0.isFinal && words.contains(TaskStatus(open: $0).word) }
      .map { "'\($0.rawValue)'" }
    var either: [String] = []
    if !open.isEmpty {
      either.append("t.id IN (SELECT task FROM open WHERE status IN (\(open.joined(separator: ", "))))")
    }
    if !kept.isEmpty {
      either.append("t.status IN (\(kept.joined(separator: ", "))) AND t.id NOT IN (SELECT task FROM open)")
    }
    condition = "(\(either.joined(separator: " OR ")))"
  }

  /// The open instances of a workflow as a table for a WITH clause.
  static func openInstances(of workflow: WorkflowID) -> String {
    """
    open (task, status) AS MATERIALIZED (
      SELECT task_id, status FROM open_instance WHERE workflow_id = \(workflow))
    """
  }
}

extension DependencyClosure {
  /// Loads the stored DAG of a workflow.
  init(_ scope: WorkflowScope, _ database: Database) throws {
    var upstreams: [UpstreamSets.ID] = []
    upstreams.reserveCapacity(scope.taskCount)
    let tasks = try Row.fetchCursor(
      database, sql: "SELECT upstream_set FROM task_definition WHERE id >= ? AND id < ? ORDER BY id",
      arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
    while let row = try tasks.next() { upstreams.append(row[0]) }
    self.init(sets: try SQLiteStore.sets(of: scope.id, database), upstreams: upstreams)
  }
}
