import GRDB
import JobmonModel

extension SQLiteStore {
  /// What ``rerun(_:after:by:)`` would do.
  ///
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `invalid_usage` for tasks of another workflow.
  public func previewRerun(_ order: RerunOrder) throws -> RerunPreview {
    try read { database in
      let plan = try RerunPlan(order, database, self)
      return RerunPreview(
        workflow: order.workflow, tasks: plan.rows, requests: plan.requests, firstTask: plan.scope.firstTask)
    }
  }

  /// Sets tasks and all tasks downstream of them back, or asks the live run to do that.
  ///
  /// Where no run is live, FATAL tasks are left to the resume that follows, which sets all of them back and gives more to
  /// those that ran out of a resource.
  ///
  /// - Parameter wish: one that was not answered before its run ended; it is withdrawn.
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `invalid_usage` for tasks of another workflow.
  public func rerun(_ order: RerunOrder, after wish: Int64? = nil, by person: Operator) throws -> RerunOutcome
  {
    let outcome: RerunOutcome = try write { database in
      if let wish {
        try database.execute(sql: "DELETE FROM rerun WHERE id = ? AND changed IS NULL", arguments: [wish])
      }
      let plan = try RerunPlan(order, database, self)
      let held = try Int64.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
        arguments: [order.workflow])
      if let held, case let holder = try Self.holder(held, database), !holder.isKnownDead {
        try database.execute(
          sql: "INSERT INTO rerun (workflow_id, run_id, user, asked, wish) VALUES (?, ?, ?, ?, ?)",
          arguments: [
            order.workflow, held, person.user, Timestamp.now.rawValue, try StoredJSON.text(plan.wish),
          ])
        return .asked(database.lastInsertedRowID, holder)
      }
      return .setBack(try plan.carryOut(by: person, database, self))
    }
    KillPoint.reached("store.rerun.after-commit")
    return outcome
  }

  /// What has become of a wish.
  ///
  /// - Throws: ``RunRefusal`` where the run has refused it: nothing was changed.
  public func answer(to wish: Int64) throws -> RerunAnswer {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT r.changed, r.obstacle, r.run_id, w.holder, w.id FROM rerun r JOIN workflow w ON w.id = r.workflow_id
          WHERE r.id = ?
          """, arguments: [wish])
      guard let row else { return .unanswered }
      if let changed: Int = row[0] {
        guard let text: String = row[1] else { return .takenUp(changed) }
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

  /// What people want of a run that it has not answered.
  static func openWishes(of run: WorkflowRunID, firstTask: TaskID, _ database: Database) throws
    -> [RerunWish]
  {
    let rows = try Row.fetchAll(
      database.cachedStatement(
        sql: "SELECT id, user, wish FROM rerun WHERE run_id = ? AND changed IS NULL ORDER BY id"),
      arguments: [run])
    return try rows.map { row in
      let wish = try StoredJSON.value(RerunPlan.Wish.self, row[2])
      return RerunWish(
        id: row[0], user: row[1], tasks: wish.tasks, requests: wish.requests,
        failures: try resourceFailures(of: wish.tasks, firstTask: firstTask, database))
    }
  }

  /// Notes how a run has answered.
  static func note(_ record: RerunRecord, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE rerun SET changed = ?, obstacle = ? WHERE id = ?",
      arguments: [record.count, try record.obstacle.map { try StoredJSON.text($0) }, record.wish])
  }

  /// Gives tasks requests of their own, as task-level settings: later resumes have them, too. The file that the workflow was
  /// bound from does not; when it is bound again, its settings hold.
  static func setRequests(
    _ requests: [OwnRequest], _ workflow: WorkflowID, firstTask: TaskID, _ database: Database
  )
    throws
  {
    guard !requests.isEmpty else { return }
    var settings = try String.fetchAll(
      database, sql: "SELECT value FROM settings WHERE workflow_id = ? ORDER BY place", arguments: [workflow]
    ).map { try StoredJSON.value(TaskSettings.self, $0) }
    var places: [TaskSettings: Int] = [:]
    for (place, value) in settings.enumerated() { places[value] = place }
    for request in requests {
      let id = firstTask + TaskID(request.task)
      let place = try Int.fetchOne(
        database.cachedStatement(sql: "SELECT settings FROM task_definition WHERE id = ?"), arguments: [id])!
      let own = settings[place].asking(for: request)
      if places[own] == nil {
        places[own] = settings.count
        try database.execute(
          sql: "INSERT INTO settings (workflow_id, place, value) VALUES (?, ?, ?)",
          arguments: [workflow, settings.count, try StoredJSON.text(own)])
        settings.append(own)
      }
      try database.cachedStatement(sql: "UPDATE task_definition SET settings = ? WHERE id = ?")
        .execute(arguments: [places[own], id])
    }
  }
}

extension TaskSettings {
  /// These with the amounts of a request, on whatever cluster.
  fileprivate func asking(for request: OwnRequest) -> TaskSettings {
    var settings = self
    var resources = settings.computeResources[Self.anyCluster] ?? ComputeResources()
    resources.memory = request.memory ?? resources.memory
    resources.runtime = request.runtime ?? resources.runtime
    settings.computeResources[Self.anyCluster] = resources
    // What a level says for one cluster goes before what it says for any.
    for cluster in settings.computeResources.keys where cluster != Self.anyCluster {
      if request.memory != nil { settings.computeResources[cluster]?.memory = nil }
      if request.runtime != nil { settings.computeResources[cluster]?.runtime = nil }
    }
    return settings
  }
}
