import Foundation
import GRDB
import JobmonModel

extension SQLiteStore {
  /// Number of tasks in a slice. A slice takes about 30 ms, well below the limit of 100 ms for a write transaction.
  private static var slice: Int { 4000 }

  /// The workflow that has this key now. Replaced workflows are not found.
  public func find(tool: String, version: String, workflowArgs: String) throws -> WorkflowRecord? {
    try read { database in
      try Self.record(
        database, where: "tool = ? AND tool_version = ? AND workflow_args = ? AND replaced_by IS NULL",
        [tool, version, workflowArgs])
    }
  }

  /// The workflow with this id, even if it was replaced; nil if it does not exist or is being removed.
  public func find(_ workflow: WorkflowID) throws -> WorkflowRecord? {
    try read { database in
      try Self.record(database, where: "id = ? AND replaced_by IS NOT \(Self.isBeingRemoved)", [workflow])
    }
  }

  /// The newest workflows with exactly this name that are not DONE, without replaced ones.
  public func unfinishedWorkflows(named name: String, limit: Int) throws -> [WorkflowID] {
    try read { database in
      try Int64.fetchAll(
        database,
        sql: """
          SELECT id FROM workflow WHERE name = ? AND status != 'DONE' AND replaced_by IS NULL ORDER BY id DESC LIMIT ?
          """,
        arguments: [name, limit])
    }
  }

  static func record(_ database: Database, where condition: String, _ arguments: StatementArguments) throws
    -> WorkflowRecord?
  {
    let sql = """
      SELECT *,
        (SELECT iif(cluster_was_given, cluster, NULL) FROM run WHERE workflow_id = workflow.id
          ORDER BY id DESC LIMIT 1) AS last_cluster
      FROM workflow WHERE \(condition)
      """
    guard let row = try Row.fetchOne(database, sql: sql, arguments: arguments) else { return nil }
    var record = WorkflowRecord(
      id: row["id"], name: row["name"], tool: row["tool"], toolVersion: row["tool_version"],
      workflowArgs: row["workflow_args"], status: WorkflowStatus(rawValue: row["status"]) ?? .aborted,
      isBound: row["is_bound"], hasStarted: row["has_started"],
      identity: Digest32(bytes: [UInt8](row["identity"] as Data)),
      workingDirectory: row["working_directory"], lastCluster: row["last_cluster"])
    record.replacedBy = row["replaced_by"]
    record.projectFolder = row["project_folder"]
    return record
  }

  /// Binds a definition. Starts again if another process has changed the stored workflow before this process had the
  /// write lock.
  public func bind(_ definition: WorkflowDefinition, identity: WorkflowIdentity, changes: ChangePolicy)
    throws
    -> WorkflowID
  {
    while true {
      do { return try bindAsFound(definition, identity, changes) } catch is BindingOvertaken {
        continue
      }
    }
  }

  /// Binds a definition, depending on what is stored now.
  ///
  /// - Throws: ``BindingOvertaken`` if another process changed the stored workflow before this process had the write
  ///   lock.
  private func bindAsFound(
    _ definition: WorkflowDefinition, _ identity: WorkflowIdentity, _ changes: ChangePolicy
  ) throws -> WorkflowID {
    let header = definition.header
    let existing = try find(
      tool: header.tool, version: header.toolVersion, workflowArgs: header.workflowArgs ?? "")
    var replaced: WorkflowID?
    if let existing, existing.isBound, changes != .refuse, existing.identity != identity.workflow {
      replaced = existing.id
    } else if let existing, existing.isBound {
      guard existing.identity == identity.workflow else {
        throw StoreError.workflowDiffers(
          existing.id, ChangePlan.difference(from: try load(existing.id), to: definition))
      }
      try rebind(existing.id, definition, identity)
      return existing.id
    }
    let abandoned = replaced == nil ? try existing.map { try abandonedBinding(of: $0.id) } : nil
    if let abandoned { try discardSlices(abandoned) }
    let binding = try begin(definition, identity, continuing: abandoned, replacing: replaced)
    KillPoint.reached("store.bind.begun")
    let kept = try keptResults(of: binding, definition, keepsDone: changes == .acceptAndKeepDone)
    var start = 0
    while start < definition.taskCount {
      let end = min(start + Self.slice, definition.taskCount)
      try write { database in
        try binding.requireMine(database)
        try Self.insert(
          start..<end, of: definition, identity, firstTask: binding.firstTask, kept: kept, into: database)
      }
      KillPoint.reached("store.bind.slice")
      start = end
    }
    try bindSets(definition.upstreamSets, binding)
    try write { database in
      try binding.requireMine(database)
      try database.execute(
        sql: "UPDATE workflow SET is_bound = 1, status = ? WHERE id = ?",
        arguments: [WorkflowStatus.queued.rawValue, binding.workflow])
      try database.execute(
        sql: """
          UPDATE progress SET done = (SELECT COUNT(*) FROM task WHERE id >= ?1 AND id < ?1 + ?2 AND status = 'D')
          WHERE workflow_id = ?3
          """, arguments: [binding.firstTask, definition.taskCount, binding.workflow])
      try Feed.append(
        .workflow(from: .registering, to: .queued, why: nil), workflow: binding.workflow,
        user: CurrentUser.name,
        database)
    }
    KillPoint.reached("store.bind.finished")
    return binding.workflow
  }

  private func abandonedBinding(of workflow: WorkflowID) throws -> Binding {
    let firstTask = try read {
      try Int64.fetchOne(
        $0, sql: "SELECT first_task FROM workflow WHERE id = ? AND NOT is_bound", arguments: [workflow])
    }
    guard let firstTask else { throw BindingOvertaken() }
    return Binding(workflow: workflow, firstTask: firstTask)
  }

  /// The first transaction: writes the workflow's row, its arrays and its settings, and reserves a range of task ids.
  private func begin(
    _ definition: WorkflowDefinition, _ identity: WorkflowIdentity, continuing abandoned: Binding?,
    replacing replaced: WorkflowID?
  ) throws -> Binding {
    let header = definition.header
    let old = abandoned?.workflow
    return try write { database in
      if let abandoned {
        try abandoned.requireUnchanged(database)
        // If the process of the earlier binding is still alive, it may have added rows since. From here on, its slices
        // fail because the workflow no longer has its range.
        try Self.discardLevels(of: abandoned.workflow, database)
        try Self.deleteTasks(Self.tasks(of: abandoned, database), database)
      } else if let replaced {
        try Self.retire(replaced, database)
      } else if try Self.exists(header, database) {
        throw BindingOvertaken()
      }
      let firstTask = try Int64.fetchOne(
        database, sql: "UPDATE store SET next_task = next_task + ? RETURNING next_task - ?",
        arguments: [definition.taskCount, definition.taskCount])!
      if let old { try database.execute(sql: "DELETE FROM workflow WHERE id = ?", arguments: [old]) }
      try database.execute(
        sql: """
          INSERT INTO workflow (id, tool, tool_version, name, description, workflow_args, attributes,
            working_directory, on_finish, settings, tool_settings, max_concurrently_running, identity, dag, task_set,
            status, user, created, first_task, task_count, is_bound, has_started, project_folder)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)
          """,
        arguments: [
          old, header.tool, header.toolVersion, header.name, header.description, header.workflowArgs ?? "",
          try StoredJSON.text(header.attributes), header.workingDirectory ?? "", header.onFinish,
          try StoredJSON.text(header.settings), try StoredJSON.text(header.toolSettings),
          header.maxConcurrentlyRunning, Data(identity.workflow.bytes), Data(identity.dag.bytes),
          Data(identity.taskSet.bytes), WorkflowStatus.registering.rawValue, CurrentUser.name,
          Timestamp.now.rawValue, firstTask, definition.taskCount, header.projectFolder,
        ])
      let workflow = database.lastInsertedRowID
      if let replaced {
        try database.execute(
          sql: "UPDATE workflow SET replaced_by = ? WHERE id = ?", arguments: [workflow, replaced])
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO progress (workflow_id) VALUES (?)", arguments: [workflow])
      try Self.writeLevels(of: definition, workflow, database)
      try Feed.append(
        .workflow(from: nil, to: .registering, why: nil), workflow: workflow, user: CurrentUser.name, database
      )
      return Binding(workflow: workflow, firstTask: firstTask)
    }
  }

  /// Writes the templates and the distinct task-level settings.
  private static func writeLevels(
    of definition: WorkflowDefinition, _ workflow: WorkflowID, _ database: Database
  )
    throws
  {
    try database.execute(sql: "DELETE FROM array WHERE workflow_id = ?", arguments: [workflow])
    try database.execute(sql: "DELETE FROM settings WHERE workflow_id = ?", arguments: [workflow])
    for (index, template) in definition.templates.enumerated() {
      let version = try templateVersion(template, of: definition.header, database)
      try database.execute(
        sql: "INSERT INTO array VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          workflow, index, version, try StoredJSON.text(template.settings), template.maxConcurrentlyRunning,
          try template.retryExitCodes.map { try StoredJSON.text($0) },
          try StoredJSON.text(template.noRetryExitCodes),
        ])
    }
    let insert = try database.makeStatement(sql: "INSERT INTO settings VALUES (?, ?, ?)")
    for (index, settings) in definition.tasks.settingsList.enumerated() {
      try insert.execute(arguments: [workflow, index, try StoredJSON.text(settings)])
    }
  }

  private static func templateVersion(
    _ template: TaskTemplate, of header: WorkflowHeader, _ database: Database
  ) throws
    -> Int64
  {
    let key = try templateKey(template, tool: header.tool, toolVersion: header.toolVersion)
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO template_version (tool, tool_version, name, command_template, arguments)
        VALUES (?, ?, ?, ?, ?)
        """, arguments: key)
    return try findTemplateVersion(key, database)!
  }

  /// The key of a template's version.
  private static func templateKey(_ template: TaskTemplate, tool: String, toolVersion: String) throws
    -> StatementArguments
  {
    let roles = try StoredJSON.text([
      "node": template.nodeArgs, "task": template.taskArgs, "op": template.opArgs,
    ])
    return [tool, toolVersion, template.name, template.commandTemplate, roles]
  }

  private static func findTemplateVersion(_ key: StatementArguments, _ database: Database) throws -> Int64? {
    try Int64.fetchOne(
      database,
      sql: """
        SELECT id FROM template_version
        WHERE tool = ? AND tool_version = ? AND name = ? AND command_template = ? AND arguments = ?
        """, arguments: key)
  }

  /// The id of a template's version; nil if no workflow with it was ever bound.
  public func versionID(of template: TaskTemplate, tool: String, toolVersion: String) throws -> Int64? {
    let key = try Self.templateKey(template, tool: tool, toolVersion: toolVersion)
    return try read { try Self.findTemplateVersion(key, $0) }
  }

  private static func insert(
    _ tasks: Range<Int>, of definition: WorkflowDefinition, _ identity: WorkflowIdentity, firstTask: TaskID,
    kept: (Int) -> TaskID?, into database: Database
  ) throws {
    let insertTask = try HotStatement(
      database, "INSERT INTO task (id, array, status, retries) VALUES (?, ?, ?, 0)")
    // Includes the attributes that its command wrote.
    let insertKept = try HotStatement(
      database,
      """
      INSERT INTO task (id, array, status, retries, written)
      VALUES (?, ?, 'D', 0, (SELECT written FROM task WHERE id = ?))
      """)
    let insertDefinition = try HotStatement(
      database,
      """
      INSERT INTO task_definition (id, upstream_set, settings, name, arguments, node_hash, command, attributes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    let table = definition.tasks
    for task in tasks {
      let id = firstTask + Int64(task)
      if let kept = kept(task) {
        try insertKept.run { values in
          values.add(id)
          values.add(Int64(table.template[task]))
          values.add(kept)
        }
      } else {
        try insertTask.run { values in
          values.add(id)
          values.add(Int64(table.template[task]))
          values.add(TaskStatus.registering.rawValue)
        }
      }
      let attributes = try table.attributes[task].map { try StoredJSON.text($0) }
      try insertDefinition.run { values in
        values.add(id)
        values.add(Int64(table.upstreams[task]))
        values.add(Int64(table.settings[task]))
        values.add(table.name(task))
        values.add(Packing.pack(table.arguments(task))[...])
        values.add(identity.nodes[32 * task..<32 * (task + 1)])
        values.add(table.givenCommand(task))
        values.add(attributes)
      }
    }
  }

  private func bindSets(_ sets: UpstreamSets, _ binding: Binding) throws {
    var start = 1
    while start < sets.count {
      var end = start
      var members = 0
      while end < sets.count, members < 50_000, end - start < 5000 {
        members += sets[Int32(end)].count
        end += 1
      }
      try write { database in
        try binding.requireMine(database)
        let insert = try database.cachedStatement(sql: "INSERT INTO upstream_set VALUES (?, ?, ?)")
        for set in start..<end {
          try insert.execute(arguments: [binding.workflow, set, Data(Packing.pack(sets[Int32(set)]))])
        }
      }
      start = end
    }
  }

  /// Removes the rows of an unfinished binding, slice by slice. The workflow's row is kept until the new one replaces
  /// it.
  private func discardSlices(_ abandoned: Binding) throws {
    try write { database in
      try abandoned.requireUnchanged(database)
      try Self.discardLevels(of: abandoned.workflow, database)
    }
    var isLeft = true
    while isLeft {
      isLeft = try write { database in
        try abandoned.requireUnchanged(database)
        let all = try Self.tasks(of: abandoned, database)
        let first = try TaskID.fetchOne(
          database, sql: "SELECT min(id) FROM task WHERE id >= ? AND id < ?",
          arguments: [all.lowerBound, all.upperBound])
        guard let first else { return false }
        try Self.deleteTasks(first..<min(first + Int64(Self.slice), all.upperBound), database)
        return true
      }
    }
  }

  private static func tasks(of binding: Binding, _ database: Database) throws -> Range<TaskID> {
    let count = try Int64.fetchOne(
      database, sql: "SELECT task_count FROM workflow WHERE id = ?", arguments: [binding.workflow])!
    return binding.firstTask..<binding.firstTask + count
  }

  /// Removes tasks and their definitions.
  static func deleteTasks(_ tasks: Range<TaskID>, _ database: Database) throws {
    for table in ["task", "task_definition"] {
      try database.execute(
        sql: "DELETE FROM \(table) WHERE id >= ? AND id < ?", arguments: [tasks.lowerBound, tasks.upperBound])
    }
  }

  private static func discardLevels(of workflow: WorkflowID, _ database: Database) throws {
    for table in ["upstream_set", "settings", "array"] {
      try database.execute(sql: "DELETE FROM \(table) WHERE workflow_id = ?", arguments: [workflow])
    }
  }

  private static func exists(_ header: WorkflowHeader, _ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM workflow
          WHERE tool = ? AND tool_version = ? AND workflow_args = ? AND replaced_by IS NULL)
        """,
      arguments: [header.tool, header.toolVersion, header.workflowArgs ?? ""]) ?? false
  }

  /// Stores new names, resources, limits, attributes and op_args of a workflow with the same identity.
  private func rebind(_ workflow: WorkflowID, _ definition: WorkflowDefinition, _ identity: WorkflowIdentity)
    throws
  {
    let header = definition.header
    let firstTask: TaskID = try write { database in
      let old = try Row.fetchOne(
        database,
        sql: "SELECT status, max_concurrently_running, project_folder FROM workflow WHERE id = ?",
        arguments: [workflow])!
      // A program without a workflow file that resumes the workflow does not change its project folder.
      let known: String? = old["project_folder"]
      let folder = header.projectFolder ?? known
      try database.execute(
        sql: """
          UPDATE workflow SET name = ?1, description = ?2, attributes = ?3, on_finish = ?4, settings = ?5,
            tool_settings = ?6, max_concurrently_running = ?7, working_directory = ?8, project_folder = ?9
          WHERE id = ?10 AND (name, description, attributes, on_finish, settings, tool_settings,
            max_concurrently_running, working_directory, project_folder) IS NOT (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
          """,
        arguments: [
          header.name, header.description, try StoredJSON.text(header.attributes), header.onFinish,
          try StoredJSON.text(header.settings), try StoredJSON.text(header.toolSettings),
          header.maxConcurrentlyRunning, header.workingDirectory ?? "", folder, workflow,
        ])
      if database.changesCount == 1 {
        let limit: Int? = old["max_concurrently_running"]
        if limit != header.maxConcurrentlyRunning {
          try Feed.append(
            .limit(template: nil, from: limit, to: header.maxConcurrentlyRunning, why: .boundAgain),
            workflow: workflow, user: CurrentUser.name, database)
        }
        let status: WorkflowStatus = try stored(old["status"])
        try Feed.append(
          .workflow(from: status, to: status, why: .boundWithOtherSettings), workflow: workflow,
          user: CurrentUser.name, database)
      }
      try Self.writeLevels(of: definition, workflow, database)
      return try Int64.fetchOne(
        database, sql: "SELECT first_task FROM workflow WHERE id = ?", arguments: [workflow])!
    }
    let storedIndices = try storedIndices(
      of: identity, in: workflow, firstTask: firstTask, count: definition.taskCount)
    var start = 0
    while start < definition.taskCount {
      let end = min(start + Self.slice, definition.taskCount)
      try write { database in
        let updateArray = try database.cachedStatement(
          sql: "UPDATE task SET array = ?2 WHERE id = ?1 AND array != ?2")
        let updateDefinition = try database.cachedStatement(
          sql: """
            UPDATE task_definition SET settings = ?2, name = ?3, arguments = ?4, command = ?5, attributes = ?6
            WHERE id = ?1 AND (settings, name, arguments, command, attributes) IS NOT (?2, ?3, ?4, ?5, ?6)
            """)
        let table = definition.tasks
        for task in start..<end {
          let id = firstTask + Int64(storedIndices[task])
          try updateArray.execute(arguments: [id, table.template[task]])
          try updateDefinition.execute(arguments: [
            id, table.settings[task], table.name(task), Data(Packing.pack(table.arguments(task))),
            table.givenCommand(task), try table.attributes[task].map { try StoredJSON.text($0) },
          ])
        }
      }
      start = end
    }
  }

  /// The stored index of each task of a definition, found by the hash of its node.
  private func storedIndices(
    of identity: WorkflowIdentity, in workflow: WorkflowID, firstTask: TaskID, count: Int
  )
    throws
    -> [Int]
  {
    let stored = try nodeHashes(firstTask: firstTask, count: count)
    if stored == identity.nodes { return Array(0..<count) }
    var byHash: [ArraySlice<UInt8>: Int] = [:]
    byHash.reserveCapacity(count)
    for index in 0..<count { byHash[stored[32 * index..<32 * (index + 1)]] = index }
    return try (0..<count).map { task in
      guard let index = byHash[identity.nodes[32 * task..<32 * (task + 1)]] else {
        throw StoreError.corrupt(
          path: path, "workflow \(workflow) has the same identity but not the same tasks")
      }
      return index
    }
  }

  /// The ids of a definition's tasks, in its order, in the stored workflow.
  public func taskIDs(of workflow: WorkflowID, _ identity: WorkflowIdentity) throws -> [TaskID] {
    let count = identity.nodes.count / 32
    let firstTask = try read {
      try Int64.fetchOne($0, sql: "SELECT first_task FROM workflow WHERE id = ?", arguments: [workflow])
    }
    guard let firstTask else { throw StoreError.notFound("workflow \(workflow)") }
    return try storedIndices(of: identity, in: workflow, firstTask: firstTask, count: count).map {
      firstTask + Int64($0)
    }
  }

  private func nodeHashes(firstTask: TaskID, count: Int) throws -> [UInt8] {
    try read { database in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(32 * count)
      let rows = try Row.fetchCursor(
        database, sql: "SELECT node_hash FROM task_definition WHERE id >= ? AND id < ? ORDER BY id",
        arguments: [firstTask, firstTask + Int64(count)])
      while let row = try rows.next() {
        try row.withUnsafeData(atIndex: 0) { bytes.append(contentsOf: $0 ?? Data()) }
      }
      return bytes
    }
  }

  /// The ids of the DONE tasks whose op_args differ, in order. The stored workflow must have this identity.
  public func tasksWithOtherOpArgs(
    in workflow: WorkflowID, _ definition: WorkflowDefinition, _ identity: WorkflowIdentity
  ) throws -> [TaskID] {
    guard definition.templates.contains(where: { !$0.opArgs.isEmpty }) else { return [] }
    let (firstTask, templates) = try read { database in
      (
        try Int64.fetchOne(
          database, sql: "SELECT first_task FROM workflow WHERE id = ?", arguments: [workflow])!,
        try Self.templates(of: workflow, database)
      )
    }
    let count = definition.taskCount
    let storedIndices = try storedIndices(of: identity, in: workflow, firstTask: firstTask, count: count)
    var taskAt = [Int32](repeating: 0, count: count)
    for (task, index) in storedIndices.enumerated() { taskAt[index] = Int32(task) }
    var found: [TaskID] = []
    try read { database in
      try HotRow.forEach(
        database,
        """
        SELECT t.id, t.array, d.arguments FROM task t CROSS JOIN task_definition d ON d.id = t.id
        WHERE t.id >= ? AND t.id < ? AND t.status = 'D' ORDER BY t.id
        """, [firstTask, firstTask + Int64(count)]
      ) { row in
        let task = Int(taskAt[Int(row.int(0) - firstTask)])
        let before = row.withBlob(2, Packing.unpackTexts)
        let after = definition.tasks.arguments(task)
        let old = templates[Int(row.int(1))]
        let new = definition.templates[Int(definition.tasks.template[task])]
        if Self.opArgs(old, before) != Self.opArgs(new, after) { found.append(row.int(0)) }
      }
    }
    return found
  }

  private static func opArgs(_ template: TaskTemplate, _ values: [String]) -> [String: ExactText] {
    let start = template.nodeArgs.count + template.taskArgs.count
    return Dictionary(
      zip(template.opArgs, values.dropFirst(start).map { ExactText($0) }),
      uniquingKeysWith: { first, _ in first })
  }

  /// Resets the tasks and all tasks downstream of them to PENDING, with their retry counters at 0, in one transaction.
  public func runAgain(_ tasks: [TaskID], of workflow: WorkflowID, by person: Operator) throws -> Int {
    try changeStatus(tasks, workflow: workflow, to: .registering, recursive: false, by: person).tasks.count
  }
}
