import Dispatch
import GRDB
import JobmonModel

extension SQLiteStore {
  /// All attempts of these tasks, oldest first, task by task in the given order. A task without an attempt has one row.
  ///
  /// - Parameter words: only tasks with these displayed statuses; empty means all.
  /// - Throws: ``StoreError/notFound(_:)`` if one of the tasks does not exist.
  public func attempts(of tasks: [TaskID], words: Set<TaskWord> = []) throws -> [TaskAttemptRow] {
    try read { try attempts(tasks, words, $0) }
  }

  /// All attempts of these tasks as rows of a list, in the same order.
  ///
  /// - Parameter words: only tasks with these displayed statuses; empty means all.
  /// - Throws: ``StoreError/notFound(_:)`` if one of the tasks does not exist.
  public func taskStatus(of tasks: [TaskID], words: Set<TaskWord> = []) throws -> [TaskStatusRow] {
    try read { database in
      var drivers: [WorkflowID: DriverState] = [:]
      return try attempts(tasks, words, database).map { row in
        let driver = try drivers[row.workflow] ?? Self.driver(of: row.workflow, database)
        drivers[row.workflow] = driver
        return TaskStatusRow(row, driver: driver)
      }
    }
  }

  private func attempts(_ tasks: [TaskID], _ words: Set<TaskWord>, _ database: Database) throws
    -> [TaskAttemptRow]
  {
    var scopes: [WorkflowScope] = []
    var rows: [TaskAttemptRow] = []
    for id in tasks {
      if scopes.last?.tasks.contains(id) != true {
        scopes.removeAll { $0.tasks.contains(id) }
        scopes.append(try WorkflowScope(task: id, database))
      }
      let scope = scopes[scopes.count - 1]
      guard let task = try taskRow(scope, id, database) else { throw StoreError.notFound("task \(id)") }
      guard words.isEmpty || words.contains(task.status) else { continue }
      let attempts = try AttemptReader(self, scope).rows("i.task_id = ? ORDER BY i.id", [id], database)
      rows += attempts.map { TaskAttemptRow(task: task, workflow: scope.id, attempt: $0.attempt) }
      if attempts.isEmpty { rows.append(TaskAttemptRow(task: task, workflow: scope.id, attempt: nil)) }
    }
    return rows
  }

  /// The last attempt of each task of a workflow, sorted by task. Tasks without an attempt are omitted.
  public func latestAttempts(of workflow: WorkflowID, limit: Int? = nil) throws -> [TaskAttemptRow] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let attempts = try AttemptReader(self, scope).rows(
        """
        i.id IN (SELECT max(id) FROM instance WHERE task_id >= ? AND task_id < ?
          GROUP BY task_id ORDER BY task_id LIMIT ?) ORDER BY i.task_id
        """, [scope.tasks.lowerBound, scope.tasks.upperBound, limit ?? -1], database)
      let tasks = try taskRows(scope, indices: attempts.map { scope.index($0.task) }, database)
      return zip(tasks, attempts).map { TaskAttemptRow(task: $0, workflow: scope.id, attempt: $1.attempt) }
    }
  }

  /// Number of attempts whose files one thread checks at a time.
  private static let filesOfSlice = 500

  /// The log files of a workflow's task instances, sorted by task and attempt.
  ///
  /// - Parameters:
  ///   - array: a template's name; `*` and `?` are wildcards, as in file names.
  ///   - job: a task's name with the same wildcards, or the cluster's id of an instance.
  public func filePaths(
    of workflow: WorkflowID, array: String? = nil, job: String? = nil, limit: Int? = nil
  ) throws -> [FilePathRow] {
    let found = try read { database in
      let scope = try WorkflowScope(workflow, database)
      let (terms, arguments) = Self.filePathCondition(scope, array: array, job: job)
      return try AttemptReader(self, scope).rows(
        terms.joined(separator: " AND ") + " ORDER BY i.task_id, i.id LIMIT \(limit ?? -1)", arguments,
        database)
    }
    // Files are checked after the transaction, so that it stays short. Several threads check them, because each check
    // may take long on a network file system.
    let rows = [FilePathRow](unsafeUninitializedCapacity: found.count) { rows, count in
      nonisolated(unsafe) let rows = rows
      DispatchQueue.concurrentPerform(iterations: (found.count + Self.filesOfSlice - 1) / Self.filesOfSlice) {
        for index in $0 * Self.filesOfSlice..<min(($0 + 1) * Self.filesOfSlice, found.count) {
          let row = found[index]
          let files = row.attempt.logFiles
          rows.initializeElement(
            at: index,
            to: FilePathRow(
              task: row.task, name: row.name, array: row.template, instance: row.attempt.instance,
              stdout: files.stdout, stderr: files.stderr))
        }
      }
      count = found.count
    }
    return rows
  }

  /// The number of rows of ``filePaths(of:array:job:limit:)`` without a limit.
  public func filePathCount(of workflow: WorkflowID, array: String? = nil, job: String? = nil) throws -> Int {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let (terms, arguments) = Self.filePathCondition(scope, array: array, job: job)
      return try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM instance i CROSS JOIN task t ON t.id = i.task_id
            CROSS JOIN task_definition d ON d.id = i.task_id CROSS JOIN batch b ON b.id = i.batch_id
          WHERE \(terms.joined(separator: " AND "))
          """, arguments: arguments) ?? 0
    }
  }

  private static func filePathCondition(_ scope: WorkflowScope, array: String?, job: String?)
    -> ([String], StatementArguments)
  {
    var terms = ["i.task_id >= ?", "i.task_id < ?"]
    var arguments: StatementArguments = [scope.tasks.lowerBound, scope.tasks.upperBound]
    if let array = array.map(NamePattern.init(text:)) {
      terms.append(
        """
        t.array IN (SELECT a.place FROM array a JOIN template_version v ON v.id = a.template_version_id
          WHERE a.workflow_id = \(scope.id) AND \(array.condition("v.name")))
        """)
      arguments += [array.argument]
    }
    if let job {
      let name = NamePattern(text: job)
      terms.append("(\(name.condition("d.name")) OR coalesce(i.handle, b.handle) = ?)")
      arguments += [name.argument, job]
    }
    return (terms, arguments)
  }
}

/// Reads instances of one workflow with everything that is stored about them.
final class AttemptReader {
  struct Found {
    var task: TaskID
    var name: String
    var template: String
    var attempt: AttemptRow
  }

  private let store: SQLiteStore
  private let scope: WorkflowScope
  /// Requests by their ids. They are few, and shared by many instances.
  private var requests: [Int64: ResourceRequest] = [:]

  init(_ store: SQLiteStore, _ scope: WorkflowScope) {
    self.store = store
    self.scope = scope
  }

  /// - Parameter condition: an SQL condition on `instance i`, `task t`, `task_definition d`, `batch b`; an order and a
  ///   limit may follow.
  func rows(_ condition: String, _ arguments: StatementArguments, _ database: Database) throws -> [Found] {
    let cursor = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT i.task_id, d.name, t.array, i.id, i.run_id, i.attempt, b.cluster, i.status,
            coalesce(i.handle, b.handle), i.node, b.request_id, i.created, i.started, i.ended, i.wall, i.cpu, i.peak,
            i.cause, i.code, i.message, i.follow_up, r.logs, r.working_directory, i.detail, b.launched
          FROM instance i CROSS JOIN task t ON t.id = i.task_id CROSS JOIN task_definition d ON d.id = i.task_id
            CROSS JOIN batch b ON b.id = i.batch_id CROSS JOIN run r ON r.id = b.run_id
          WHERE \(condition)
          """), arguments: arguments)
    var found: [Found] = []
    while let row = try cursor.next() { found.append(try read(row, database)) }
    return found
  }

  private func read(_ row: Row, _ database: Database) throws -> Found {
    let task: TaskID = row[0]
    let name: String = row[1]
    let template = scope.templates[row[2]]
    let request = try request(row[10], database)
    let files = LogFiles(
      logs: row[21], workflow: scope.id, storeID: store.id, template: template, task: scope.index(task),
      name: name,
      instance: row[3], request: request, workingDirectory: (row[22] as String?) ?? scope.workingDirectory)
    let cause = try (row[17] as String?).map { try store.cause($0, code: row[18], detail: row[23]) }
    var status: TaskInstanceStatus = try store.stored(row[7])
    if status == .instantiated, row[24] as Int64? != nil { status = .launched }
    let usage = ResourceUsage(wall: row[14], cpu: row[15], peakMemory: row[16])
    func time(_ column: Int) -> Timestamp? { (row[column] as Int64?).map(Timestamp.init(rawValue:)) }
    let attempt = AttemptRow(
      instance: row[3], run: row[4], attempt: row[5], cluster: row[6], status: status,
      handle: row[8], node: row[9], request: request, created: Timestamp(rawValue: row[11]),
      started: time(12),
      ended: time(13), usage: usage == ResourceUsage() ? nil : usage, cause: cause,
      message: row[19], followUp: try (row[20] as String?).map { try StoredJSON.value(FollowUp.self, $0) },
      stdout: files.stdout, stderr: files.stderr)
    return Found(task: task, name: name, template: template, attempt: attempt)
  }

  private func request(_ id: Int64, _ database: Database) throws -> ResourceRequest {
    if let known = requests[id] { return known }
    let text = try String.fetchOne(database, sql: "SELECT value FROM request WHERE id = ?", arguments: [id])
    let request = try StoredJSON.value(ResourceRequest.self, text ?? "{}")
    requests[id] = request
    return request
  }
}
