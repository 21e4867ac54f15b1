import Foundation
import GRDB
import JobmonModel

extension SQLiteStore {
  /// Reads a workflow in one transaction.
  ///
  /// - Throws: ``StoreError/notFound(_:)`` if the workflow does not exist.
  public func load(_ workflow: WorkflowID) throws -> StoredWorkflow {
    try read { database in
      guard let record = try Self.record(database, where: "id = ?", [workflow]),
        let row = try Row.fetchOne(
          database, sql: "SELECT * FROM workflow WHERE id = ?", arguments: [workflow])
      else { throw StoreError.notFound("workflow \(workflow)") }
      let firstTask: TaskID = row["first_task"]
      let count: Int = row["task_count"]
      var definition = WorkflowDefinition(
        header: try Self.header(row), templates: try Self.templates(of: workflow, database))
      definition.upstreamSets = try Self.sets(of: workflow, database)
      let settings = try String.fetchAll(
        database, sql: "SELECT value FROM settings WHERE workflow_id = ? ORDER BY place",
        arguments: [workflow]
      ).map { try StoredJSON.value(TaskSettings.self, $0) }
      let (statuses, failed) = try Self.tasks(
        firstTask..<firstTask + Int64(count), settings: settings, into: &definition, database)
      return StoredWorkflow(
        record: record, definition: definition, firstTask: firstTask, statuses: statuses,
        openInstances: try Self.openInstances(of: workflow, firstTask: firstTask, database),
        resourceFailures: try Self.resourceFailures(
          of: failed, firstTask: firstTask, database),
        runtimes: try Self.runtimes(of: workflow, database),
        taskRuntimes: try Self.taskRuntimes(of: record, firstTask: firstTask, statuses, database))
    }
  }

  private static func header(_ row: Row) throws -> WorkflowHeader {
    var header = WorkflowHeader(
      tool: row["tool"], toolVersion: row["tool_version"], name: row["name"], description: row["description"],
      workflowArgs: row["workflow_args"],
      attributes: try StoredJSON.value([String: String].self, row["attributes"]),
      workingDirectory: row["working_directory"], maxConcurrentlyRunning: row["max_concurrently_running"],
      onFinish: row["on_finish"], settings: try StoredJSON.value(TaskSettings.self, row["settings"]),
      toolSettings: try StoredJSON.value(TaskSettings.self, row["tool_settings"]))
    header.projectFolder = row["project_folder"]
    return header
  }

  static func templates(of workflow: WorkflowID, _ database: Database) throws -> [TaskTemplate] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT name, command_template, arguments, max_concurrently_running, settings, retry_exit_codes,
          no_retry_exit_codes
        FROM array JOIN template_version ON template_version.id = template_version_id
        WHERE workflow_id = ? ORDER BY place
        """, arguments: [workflow])
    return try rows.map { row in
      let roles = try StoredJSON.value([String: [String]].self, row["arguments"])
      return TaskTemplate(
        name: row["name"], commandTemplate: row["command_template"], nodeArgs: roles["node"] ?? [],
        taskArgs: roles["task"] ?? [], opArgs: roles["op"] ?? [],
        maxConcurrentlyRunning: row["max_concurrently_running"],
        settings: try StoredJSON.value(TaskSettings.self, row["settings"]),
        retryExitCodes: try (row["retry_exit_codes"] as String?).map { try StoredJSON.value([Int].self, $0) },
        noRetryExitCodes: try StoredJSON.value([Int].self, row["no_retry_exit_codes"]))
    }
  }

  static func sets(of workflow: WorkflowID, _ database: Database) throws -> UpstreamSets {
    var sets = UpstreamSets()
    try HotRow.forEach(
      database, "SELECT members FROM upstream_set WHERE workflow_id = ? ORDER BY place", [workflow]
    ) { row in
      row.withBlob(0) { _ = sets.append(sortedUnique: Packing.unpackMembers($0)) }
    }
    return sets
  }

  /// Reads the task rows into the definition's columns. Returns the statuses of all tasks, and the tasks that have
  /// failed and are not DONE.
  private static func tasks(
    _ ids: Range<TaskID>, settings: [TaskSettings], into definition: inout WorkflowDefinition,
    _ database: Database
  ) throws -> (statuses: [TaskStatus], failed: [TaskIndex]) {
    var statuses: [TaskStatus] = []
    var failed: [TaskIndex] = []
    statuses.reserveCapacity(ids.count)
    definition.tasks.reserveCapacity(ids.count)
    // The stored indices are valid only if the distinct settings are interned in their order.
    for value in settings { _ = definition.tasks.intern(value) }
    try HotRow.forEach(
      database,
      """
      SELECT t.array, d.upstream_set, d.settings, t.status, d.name, d.arguments, d.command, d.attributes, t.retries
      FROM task t CROSS JOIN task_definition d ON d.id = t.id WHERE t.id >= ? AND t.id < ? ORDER BY t.id
      """, [ids.lowerBound, ids.upperBound]
    ) { row in
      definition.tasks.append(
        template: Int(row.int(0)), name: row.text(4) ?? "", arguments: row.withBlob(5, Packing.unpackTexts),
        upstreams: UpstreamSets.ID(row.int(1)), settings: settings[Int(row.int(2))],
        attributes: try row.text(7).map { try StoredJSON.value([String: String].self, $0) } ?? [:],
        command: row.text(6))
      let status = row.text(3).flatMap(TaskStatus.init) ?? .registering
      if status != .done, row.int(8) > 0 || status != .registering {
        failed.append(TaskIndex(statuses.count))
      }
      statuses.append(status)
    }
    return (statuses, failed)
  }

  private static func openInstances(of workflow: WorkflowID, firstTask: TaskID, _ database: Database) throws
    -> [OpenInstance]
  {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT instance.id, task_id, attempt, instance.run_id, cluster, token, place, value,
          coalesce(instance.handle, batch.handle), started
        FROM instance JOIN batch ON batch.id = batch_id JOIN request ON request.id = request_id
        WHERE workflow_id = ? AND is_open ORDER BY instance.id
        """, arguments: [workflow])
    return try rows.map { row in
      OpenInstance(
        instance: row[0], task: TaskIndex((row[1] as Int64) - firstTask), attempt: row[2], run: row[3],
        cluster: row[4], token: row[5], index: row[6],
        request: try StoredJSON.value(ResourceRequest.self, row[7]), handle: row[8],
        started: (row[9] as Int64?).map { Timestamp(rawValue: $0) })
    }
  }

  /// The given tasks whose last failure was a lack of memory or time.
  static func resourceFailures(of failed: [TaskIndex], firstTask: TaskID, _ database: Database) throws
    -> [ResourceFailure]
  {
    let statement = try database.makeStatement(
      sql: """
        SELECT cause, request.value FROM instance
        JOIN batch ON batch.id = batch_id JOIN request ON request.id = batch.request_id
        WHERE task_id = ? AND cause IS NOT NULL AND cause != 'interrupted' ORDER BY instance.id DESC LIMIT 1
        """)
    return try failed.compactMap { task in
      guard
        let row = try Row.fetchOne(statement, arguments: [firstTask + Int64(task)]),
        let resource = ScalableResource(rawValue: row[0])
      else { return nil }
      return ResourceFailure(
        task: task, resource: resource,
        request: try StoredJSON.value(ResourceRequest.self, row[1]))
    }
  }

  private static func runtimes(of workflow: WorkflowID, _ database: Database) throws -> [TemplateRuntime] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT place, runtime_count, runtime_mean
        FROM array JOIN template_version ON template_version.id = template_version_id
        WHERE workflow_id = ? AND runtime_count > 0 ORDER BY place
        """, arguments: [workflow]
    ).map { TemplateRuntime(template: $0[0], count: $0[1], mean: $0[2]) }
  }

  /// The run times of the same nodes in the last DONE workflow of the same tool and name
  /// (``StoredWorkflow/taskRuntimes``).
  private static func taskRuntimes(
    of record: WorkflowRecord, firstTask: TaskID, _ statuses: [TaskStatus], _ database: Database
  ) throws -> [Float] {
    let count = statuses.count
    // With one remaining task, there is no order to choose.
    guard statuses.count(where: { $0 != .done }) > 1,
      let before = try Row.fetchOne(
        database,
        sql: """
          SELECT first_task, task_count FROM workflow
          WHERE tool = ? AND name = ? AND id != ? AND status = 'DONE' ORDER BY id DESC LIMIT 1
          """, arguments: [record.tool, record.name, record.id])
    else { return [] }
    let firstBefore: TaskID = before[0]
    let countBefore: Int = before[1]
    let areAlike =
      try countBefore == count
      && Bool.fetchOne(
        database,
        sql: """
          SELECT NOT EXISTS (SELECT 1 FROM task_definition d JOIN task_definition old ON old.id = d.id + ?1 - ?2
            WHERE d.id >= ?2 AND d.id < ?2 + ?3 AND old.node_hash != d.node_hash)
          """, arguments: [firstBefore, firstTask, count])!
    var seconds = [Float](repeating: -1, count: count)
    func note(_ row: HotRow) { seconds[Int(row.int(0))] = Float(row.double(1)) }
    if areAlike {
      try HotRow.forEach(
        database,
        """
        SELECT task_id - ?1, wall FROM instance
        WHERE task_id >= ?1 AND task_id < ?1 + ?2 AND status = 'DONE' AND wall IS NOT NULL
        """, [firstBefore, Int64(count)], note)
    } else {
      // SQLite creates an index for a materialized table.
      try HotRow.forEach(
        database,
        """
        WITH old AS MATERIALIZED (
          SELECT node_hash, wall FROM instance JOIN task_definition d ON d.id = task_id
          WHERE task_id >= ? AND task_id < ? AND instance.status = 'DONE' AND wall IS NOT NULL)
        SELECT id - ?, old.wall FROM task_definition d JOIN old ON old.node_hash = d.node_hash
        WHERE id >= ? AND id < ?
        """,
        [firstBefore, firstBefore + Int64(countBefore), firstTask, firstTask, firstTask + Int64(count)], note)
    }
    return seconds
  }
}
