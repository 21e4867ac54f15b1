import GRDB
import JobmonModel

extension SQLiteStore {
  /// The effect of ``rerun(_:after:by:)``.
  ///
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `invalid_usage` for tasks of another workflow.
  public func previewRerun(_ order: RerunOrder) throws -> RerunPreview {
    try read { database in
      let plan = try RerunPlan(order, database, self)
      return RerunPreview(
        workflow: order.workflow, tasks: plan.rows, overrides: plan.overrides, firstTask: plan.scope.firstTask
      )
    }
  }

  /// Resets tasks and all tasks downstream of them, or requests that of the live run.
  ///
  /// If no run is live, FATAL tasks are left to the next resume: it resets all of them, and increases a resource that
  /// ran out.
  ///
  /// - Parameter request: the id of an earlier request that its run has not answered; it is withdrawn.
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `invalid_usage` for tasks of another workflow.
  public func rerun(_ order: RerunOrder, after request: Int64? = nil, by person: Operator) throws
    -> RerunOutcome
  {
    let outcome: RerunOutcome = try write { database in
      if let request {
        try database.execute(sql: "DELETE FROM rerun WHERE id = ? AND changed IS NULL", arguments: [request])
      }
      let plan = try RerunPlan(order, database, self)
      let held = try Int64.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
        arguments: [order.workflow])
      if let held, case let holder = try Self.holder(held, database), !holder.isKnownDead {
        try database.execute(
          sql: "INSERT INTO rerun (workflow_id, run_id, user, asked, wish) VALUES (?, ?, ?, ?, ?)",
          arguments: [
            order.workflow, held, person.user, Timestamp.now.rawValue, try StoredJSON.text(plan.stored),
          ])
        return .requested(database.lastInsertedRowID, holder)
      }
      return .reset(try plan.carryOut(by: person, database, self))
    }
    KillPoint.reached("store.rerun.after-commit")
    return outcome
  }

  /// How the run has answered a request.
  ///
  /// - Throws: ``RunRefusal`` if the run has refused it. Nothing was changed.
  public func answer(to request: Int64) throws -> RerunAnswer {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT r.changed, r.obstacle, r.run_id, w.holder, w.id FROM rerun r JOIN workflow w ON w.id = r.workflow_id
          WHERE r.id = ?
          """, arguments: [request])
      guard let row else { return .unanswered }
      if let changed: Int = row[0] {
        guard let text: String = row[1] else { return .accepted(changed) }
        throw try Self.refusal(StoredJSON.value(RerunObstacle.self, text), row[4], database)
      }
      let run: WorkflowRunID = row[2]
      guard let holder: WorkflowRunID = row[3], holder == run, try !Self.holder(run, database).isKnownDead
      else { return .unanswered }
      return .open
    }
  }

  private static func refusal(_ obstacle: RerunObstacle, _ workflow: WorkflowID, _ database: Database) throws
    -> RunRefusal
  {
    let scope = try WorkflowScope(workflow, database)
    func name(_ task: TaskIndex) throws -> String {
      try String.fetchOne(
        database, sql: "SELECT name FROM task_definition WHERE id = ?",
        arguments: [scope.firstTask + TaskID(task)]) ?? "\(scope.firstTask + TaskID(task))"
    }
    switch obstacle {
    case .running(let task): return RunRefusal(RerunRefusal.running(workflow, task: try name(task)))
    case .impossible(let task, let why):
      return RunRefusal(RerunRefusal.impossible(workflow, task: try name(task), why))
    }
  }

  /// The requests that a run has not answered.
  static func openRequests(of run: WorkflowRunID, firstTask: TaskID, _ database: Database) throws
    -> [RerunRequest]
  {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT id, user, wish FROM rerun WHERE run_id = ? AND changed IS NULL ORDER BY id"),
      arguments: [run])
    return try rows.map { row in
      let stored = try StoredJSON.value(RerunPlan.Stored.self, row[2])
      return RerunRequest(
        id: row[0], user: row[1], tasks: stored.tasks, overrides: stored.overrides,
        failures: try resourceFailures(of: stored.tasks, firstTask: firstTask, database))
    }
  }

  /// Stores the answer of a run.
  static func note(_ record: RerunRecord, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE rerun SET changed = ?, obstacle = ? WHERE id = ?",
      arguments: [record.count, try record.obstacle.map { try StoredJSON.text($0) }, record.request])
  }

  /// Stores overrides as task-level settings, so that later resumes use them, too. The workflow file does not contain them:
  /// when it is bound again, its settings apply.
  static func setOverrides(
    _ overrides: [ResourceOverride], _ workflow: WorkflowID, firstTask: TaskID, _ database: Database
  ) throws {
    guard !overrides.isEmpty else { return }
    var settings = try String.fetchAll(
      database, sql: "SELECT value FROM settings WHERE workflow_id = ? ORDER BY place", arguments: [workflow]
    ).map { try StoredJSON.value(TaskSettings.self, $0) }
    var indices: [TaskSettings: Int] = [:]
    for (index, value) in settings.enumerated() { indices[value] = index }
    for override in overrides {
      let id = firstTask + TaskID(override.task)
      let index = try Int.fetchOne(
        database.cachedStatement(sql: "SELECT settings FROM task_definition WHERE id = ?"), arguments: [id])!
      let own = settings[index].applying(override)
      if indices[own] == nil {
        indices[own] = settings.count
        try database.execute(
          sql: "INSERT INTO settings (workflow_id, place, value) VALUES (?, ?, ?)",
          arguments: [workflow, settings.count, try StoredJSON.text(own)])
        settings.append(own)
      }
      try database.cachedStatement(sql: "UPDATE task_definition SET settings = ? WHERE id = ?")
        .execute(arguments: [indices[own], id])
    }
  }
}

extension TaskSettings {
  /// These settings with the amounts of an override, on every cluster.
  fileprivate func applying(_ override: ResourceOverride) -> TaskSettings {
    var settings = self
    var resources = settings.computeResources[Self.anyCluster] ?? ComputeResources()
    resources.memory = override.memory ?? resources.memory
    resources.runtime = override.runtime ?? resources.runtime
    settings.computeResources[Self.anyCluster] = resources
    // Within a level, settings for one cluster override those for all clusters.
    for cluster in settings.computeResources.keys where cluster != Self.anyCluster {
      if override.memory != nil { settings.computeResources[cluster]?.memory = nil }
      if override.runtime != nil { settings.computeResources[cluster]?.runtime = nil }
    }
    return settings
  }
}
