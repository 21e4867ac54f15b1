import GRDB
import JobmonModel

extension SQLiteStore {
  /// Why a task is not running.
  public func explain(task: TaskID) throws -> Explanation {
    try read { database in
      let scope = try WorkflowScope(task: task, database)
      return try Explainer(self, scope, database).explain([scope.index(task)])[0]
    }
  }

  /// The state of a workflow, and then an explanation of each task that is not DONE although all its upstreams are, in
  /// order: FATAL tasks, tasks in the cluster, and tasks that wait for a free slot. Other tasks wait for these.
  ///
  /// - Parameter limit: maximum number of tasks; nil means all.
  public func explain(workflow: WorkflowID, limit: Int?) throws -> [Explanation] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let explainer = try Explainer(self, scope, database)
      return [try explainer.overview()] + (try explainer.explain(try explainer.stuck(limit: limit)))
    }
  }
}

extension SQLiteStore {
  /// The number of tasks in ``explain(workflow:limit:)`` without a limit.
  public func explainCount(workflow: WorkflowID) throws -> Int {
    try read { database in
      try Explainer(self, WorkflowScope(workflow, database), database).stuck(limit: nil).count
    }
  }

  /// What a workflow is waiting for if nothing changes: the task that has run longest, else the one that has waited
  /// longest in its cluster, else the first that waits for a free slot.
  ///
  /// - Returns: nil if there is nothing to wait for.
  public func standstill(of workflow: WorkflowID) throws -> Standstill? {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      for (status, kind) in [
        (TaskInstanceStatus.running, Standstill.Kind.runs), (.launched, .waitsInCluster),
      ] {
        let count = try Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM open_instance WHERE workflow_id = ? AND status = ?",
          arguments: [workflow, status.rawValue])
        guard let count, count > 0 else { continue }
        let found = try AttemptReader(self, scope).rows(
          """
          i.id = (SELECT o.id FROM open_instance o WHERE o.workflow_id = ? AND o.status = ?
            ORDER BY coalesce(o.started, o.created), o.id LIMIT 1)
          """, [workflow, status.rawValue], database)
        guard let oldest = found.first else { continue }
        let attempt = oldest.attempt
        return Standstill(
          kind: kind, count: count, task: oldest.task, name: oldest.name,
          since: attempt.started ?? attempt.created, location: attempt.node ?? attempt.cluster,
          reason: attempt.reason)
      }
      let explainer = try Explainer(self, scope, database)
      let ready = try explainer.stuck(limit: nil)
      guard let first = ready.first(where: { explainer.statuses[Int($0)] != "F" }) ?? ready.first else {
        return nil
      }
      let why = try explainer.explain([first])[0]
      return Standstill(
        kind: .waits, count: ready.count, task: why.task ?? 0,
        name: try taskRows(scope, indices: [first], database).first?.name ?? "", since: nil, location: nil,
        reason: "\(why.because) \(why.details)")
    }
  }
}

/// Finds out why tasks of one workflow are not running, from the committed state.
private struct Explainer {
  /// Maximum number of names in the details of a sentence.
  private static let mostNames = 5

  let store: SQLiteStore
  let scope: WorkflowScope
  let database: Database
  let dag: DependencyClosure
  /// By task: the stored status, G, D, E, A or F; and the tasks that the cluster has accepted. Attempts that are
  /// created but not accepted yet are not included.
  let statuses: [String]
  let open: Set<TaskIndex>
  let driver: DriverState
  let limit: Int?
  /// By index of the template.
  let templateLimits: [Int: Int]
  let template: [Int]

  init(_ store: SQLiteStore, _ scope: WorkflowScope, _ database: Database) throws {
    self.store = store
    self.scope = scope
    self.database = database
    dag = try DependencyClosure(scope, database)
    let range: StatementArguments = [scope.tasks.lowerBound, scope.tasks.upperBound]
    let rows = try Row.fetchAll(
      database, sql: "SELECT status, array FROM task WHERE id >= ? AND id < ? ORDER BY id", arguments: range)
    statuses = rows.map { $0[0] }
    template = rows.map { $0[1] }
    open = Set(
      try TaskID.fetchAll(
        database, sql: "SELECT task_id FROM open_instance WHERE workflow_id = ? AND status <> ?",
        arguments: [scope.id, TaskInstanceStatus.instantiated.rawValue]
      ).map(scope.index))
    let row = try Row.fetchOne(
      database, sql: "SELECT max_concurrently_running FROM workflow WHERE id = ?", arguments: [scope.id])!
    limit = row[0]
    driver = try SQLiteStore.driver(of: scope.id, database)
    templateLimits = Dictionary(
      uniqueKeysWithValues: try Row.fetchAll(
        database,
        sql: """
          SELECT place, max_concurrently_running FROM array
          WHERE workflow_id = ? AND max_concurrently_running IS NOT NULL
          """, arguments: [scope.id]
      ).map { ($0[0], $0[1]) })
  }

  private var isLive: Bool { driver.isLive }

  /// `driver: dead since …`, and the like; empty unless the driver is dead or silent.
  private var noDriver: String { driver.words.map { "driver: \($0)" } ?? "" }

  private func isDone(_ task: TaskIndex) -> Bool { statuses[Int(task)] == "D" }

  /// The direct upstreams of the task that are not DONE.
  private func undone(_ task: TaskIndex) -> [TaskIndex] {
    dag.sets[dag.upstreams[Int(task)]].filter { !isDone($0) }
  }

  /// The tasks that are not DONE although all their upstreams are.
  func stuck(limit: Int?) throws -> [TaskIndex] {
    var missing: [UpstreamSets.ID: Bool] = [:]
    let tasks = statuses.indices.lazy.map { TaskIndex($0) }.filter { task in
      guard !isDone(task) else { return false }
      let set = dag.upstreams[Int(task)]
      if missing[set] == nil { missing[set] = dag.sets[set].contains { !isDone($0) } }
      return missing[set] == false
    }
    return limit.map { Array(tasks.prefix($0)) } ?? Array(tasks)
  }

  // MARK: Sentences

  func overview() throws -> Explanation {
    let done = statuses.count { $0 == "D" }
    let failed = statuses.count { $0 == "F" }
    let status: String =
      try String.fetchOne(database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [scope.id])
      ?? ""
    let counts =
      "\(done) of \(CountText.of(statuses.count, "task")) DONE, \(failed) FATAL, \(open.count) in the cluster"
    let because: String
    if done == statuses.count {
      because = "All tasks are DONE."
    } else if !isLive {
      because = failed > 0 ? "No run is active; some tasks are FATAL." : "No run is active."
    } else if limit == 0 {
      because = "The workflow is paused."
    } else {
      because = "A run is active."
    }
    var details = counts
    var advice: Advice?
    if done == statuses.count {
    } else if !isLive {
      if !noDriver.isEmpty { details += "; " + noDriver }
      advice = .resumeWith(scope.id)
    } else if limit == 0 {
      advice = .unpause(scope.id)
    }
    return Explanation(task: nil, state: status, because: because, details: details, advice: advice)
  }

  func explain(_ tasks: [TaskIndex]) throws -> [Explanation] {
    let rows = try store.taskRows(scope, indices: tasks, database)
    return try zip(tasks, rows).map { task, row in
      let (because, details, advice) = try reason(task, row)
      return Explanation(
        task: row.id, state: row.status.rawValue, because: because, details: details, advice: advice)
    }
  }

  private func reason(_ task: TaskIndex, _ row: TaskRow) throws -> (String, String, Advice?) {
    let attempt = try latest(row.id)
    if isDone(task) {
      return ("DONE.", attempt.map { "attempt \($0.attempt), ended \(time($0.ended))" } ?? "", nil)
    }
    if open.contains(task), let attempt { return inCluster(attempt) }
    if statuses[Int(task)] == "F" {
      let reason = attempt?.reason
      return (
        "FATAL: no attempts left.", reason ?? "",
        .tryAgain(scope.id, historyOf: reason == nil ? row.id : nil)
      )
    }
    let before = undone(task)
    let failed = dag.withUpstreams(before).filter { statuses[Int($0)] == "F" }
    if !failed.isEmpty {
      return (
        "Waiting for \(failed.count == 1 ? "a FATAL task" : "\(failed.count) FATAL tasks").",
        try names(failed), nil
      )
    }
    guard isLive else {
      return ("No run is active.", noDriver, .resumeWith(scope.id))
    }
    if !before.isEmpty {
      let all = dag.sets[dag.upstreams[Int(task)]].count
      return ("Waiting for \(before.count) of \(all) upstream tasks.", try names(before), nil)
    }
    if let limit, open.count >= limit {
      return (
        limit == 0
          ? "The workflow is paused."
          : "The workflow's limit of \(CountText.of(limit, "task")) at once is reached.",
        "", .changeLimit(scope.id, template: nil)
      )
    }
    if let own = templateLimits[template[Int(task)]],
      open.count(where: { template[Int($0)] == template[Int(task)] }) >= own
    {
      return (
        "The limit of \(CountText.of(own, "task")) at once of template \(row.template) is reached.",
        "", .changeLimit(scope.id, template: row.template)
      )
    }
    if let attempt, attempt.isRetry {
      let until = attempt.followUp?.notBefore.flatMap { $0 > .now ? $0 : nil }
      return (
        until.map { "Waiting to retry, not before \($0.iso8601)." }
          ?? "Waiting to retry; waiting for a free slot.",
        "attempt \(attempt.attempt) ended \(time(attempt.ended)): \(attempt.reason ?? attempt.cause?.word ?? "failed")",
        nil
      )
    }
    return ("Ready; waiting for a free slot.", "\(CountText.of(open.count, "task")) in the cluster now", nil)
  }

  private func inCluster(_ attempt: AttemptRow) -> (String, String, Advice?) {
    let job = attempt.handle.map { ", job \($0)" } ?? ""
    if !isLive {
      let end = if case .dead = driver { "the driver died" } else { "the run ended" }
      return (
        attempt.started == nil ? "Waiting in the cluster when \(end)." : "Running when \(end).",
        "attempt \(attempt.attempt) on \(attempt.node ?? attempt.cluster), since "
          + "\(time(attempt.started ?? attempt.created))\(job)" + (noDriver.isEmpty ? "" : "; \(noDriver)"),
        .resumeWith(scope.id)
      )
    }
    if let started = attempt.started {
      return (
        "Running.",
        "attempt \(attempt.attempt) on \(attempt.node ?? attempt.cluster), since \(time(started))\(job)", nil
      )
    }
    let why = attempt.reason.map { "\($0); " } ?? ""
    return (
      "Waiting in cluster \(attempt.cluster).",
      "\(why)attempt \(attempt.attempt), since \(time(attempt.created))\(job)", nil
    )
  }

  private func time(_ time: Timestamp?) -> String { time?.iso8601 ?? "at an unknown time" }

  private func names(_ tasks: [TaskIndex]) throws -> String {
    let rows = try store.taskRows(scope, indices: Array(tasks.prefix(Self.mostNames)), database)
    let list = rows.map { "\($0.name) (task \($0.id), \($0.status.rawValue))" }.joined(separator: ", ")
    return tasks.count > rows.count ? "\(list) and \(tasks.count - rows.count) more" : list
  }

  private func latest(_ task: TaskID) throws -> AttemptRow? {
    try AttemptReader(store, scope).rows("i.task_id = ? ORDER BY i.id DESC LIMIT 1", [task], database).first?
      .attempt
  }
}
