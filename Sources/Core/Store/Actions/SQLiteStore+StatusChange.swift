import GRDB
import JobmonModel

extension SQLiteStore {
  /// The changes that ``changeStatus(_:workflow:to:recursive:by:)`` would make.
  ///
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `workflow_held` while a run is live, `invalid_usage`
  ///   for tasks of another workflow.
  public func previewStatusChange(
    _ ids: [TaskID], workflow: WorkflowID, to status: TaskStatus, recursive: Bool
  ) throws
    -> StatusChange
  {
    try read { try plan(ids, workflow: workflow, to: status, recursive: recursive, $0) }
  }

  /// Sets tasks to `done` (with `recursive` also their upstreams), or resets them to `registering` (always with all
  /// their downstreams, retry counters at 0). Changes all of them or none.
  public func changeStatus(
    _ ids: [TaskID], workflow: WorkflowID, to status: TaskStatus, recursive: Bool, by person: Operator
  ) throws -> StatusChange {
    try write { database in
      let change = try plan(ids, workflow: workflow, to: status, recursive: recursive, database)
      try carryOut(change, by: person, database)
      return change
    }
  }

  /// The changes that ``resetWorkflow(_:keepDone:by:)`` would make.
  public func previewReset(_ workflow: WorkflowID, keepDone: Bool, by person: Operator) throws -> StatusChange
  {
    try read { try planReset(workflow, keepDone: keepDone, by: person, $0) }
  }

  /// Resets all tasks of a workflow, or with `keepDone` all that are not DONE.
  ///
  /// With `keepDone`, a workflow that is DONE does not change.
  ///
  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `workflow_held` while a run is live, `not_resumable` if
  ///   the workflow was never run, if it is not DONE and its last run did not end with an error, or if that run belongs
  ///   to another user.
  public func resetWorkflow(_ workflow: WorkflowID, keepDone: Bool, by person: Operator) throws
    -> StatusChange
  {
    try write { database in
      let change = try planReset(workflow, keepDone: keepDone, by: person, database)
      try carryOut(change, by: person, database)
      return change
    }
  }

  private func planReset(_ workflow: WorkflowID, keepDone: Bool, by person: Operator, _ database: Database)
    throws
    -> StatusChange
  {
    let scope = try WorkflowScope(workflow, database)
    try Self.requireIdle(workflow, database)
    let last = try Row.fetchOne(
      database, sql: "SELECT status, user FROM run WHERE workflow_id = ? ORDER BY id DESC LIMIT 1",
      arguments: [workflow])
    let workflowStatus = try String.fetchOne(
      database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [workflow])
    let isDone = workflowStatus == WorkflowStatus.done.rawValue
    guard let last, isDone || last["status"] == WorkflowRunStatus.error.rawValue, last["user"] == person.user
    else {
      throw RunRefusal(
        StoreRefusal.notReset(
          workflow, lastRun: last.map { StoreRefusal.LastRun(user: $0["user"], status: $0["status"]) }))
    }
    var change = try plan(Array(0..<TaskIndex(scope.taskCount)), scope, to: .registering, database)
    if keepDone { change.tasks.removeAll { $0.status == .done } }
    change.workflowTo = isDone && change.tasks.isEmpty ? .done : .halted
    return change
  }

  /// - Throws: ``RunRefusal`` with `workflow_held` if a run that may be alive holds the workflow.
  private static func requireIdle(_ workflow: WorkflowID, _ database: Database) throws {
    let run = try Int64.fetchOne(
      database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL", arguments: [workflow])
    guard let run else { return }
    let driver = try holder(run, database).driver
    guard HostProcess(driver).isKnownDead else {
      throw RunRefusal(StoreRefusal.live(workflow, run: run, pid: driver.pid, host: driver.host))
    }
  }

  private func plan(
    _ ids: [TaskID], workflow: WorkflowID, to status: TaskStatus, recursive: Bool, _ database: Database
  ) throws -> StatusChange {
    let scope = try WorkflowScope(workflow, database)
    let strangers = ids.filter { !scope.tasks.contains($0) }
    guard strangers.isEmpty else {
      throw RunRefusal(StoreRefusal.otherTasks(workflow, strangers))
    }
    try Self.requireIdle(workflow, database)
    let dag = try DependencyClosure(scope, database)
    let named = ids.map(scope.index)
    let indices: [TaskIndex]
    switch status {
    case .done: indices = recursive ? dag.withUpstreams(named) : Array(Set(named)).sorted()
    default: indices = dag.withDownstreams(named)
    }
    return try plan(indices, scope, to: status, database)
  }

  private func plan(
    _ indices: [TaskIndex], _ scope: WorkflowScope, to status: TaskStatus, _ database: Database
  ) throws
    -> StatusChange
  {
    let rows = try taskRows(scope, indices: indices, database)
    let changing = rows.filter {
      status == .done ? $0.status != .done : $0.status != .pending || $0.retries > 0
    }
    let word = try String.fetchOne(
      database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [scope.id])!
    let old = WorkflowStatus(rawValue: word) ?? .aborted
    var new = old
    if status == .done {
      let done = try Int.fetchOne(
        database, sql: "SELECT done FROM progress WHERE workflow_id = ?", arguments: [scope.id])!
      if done + changing.count == scope.taskCount { new = .done }
    } else if old == .done, !changing.isEmpty {
      new = .halted
    }
    return StatusChange(workflow: scope.id, to: status, tasks: changing, workflowFrom: old, workflowTo: new)
  }

  func carryOut(_ change: StatusChange, by person: Operator, _ database: Database) throws {
    guard !change.tasks.isEmpty || change.workflowFrom != change.workflowTo else { return }
    let ids = change.tasks.map(\.id)
    let update = try database.makeStatement(
      sql: change.to == .done
        ? "UPDATE task SET status = 'D' WHERE id = ?"
        : "UPDATE task SET status = 'G', retries = 0 WHERE id = ?")
    for id in ids { try update.execute(arguments: [id]) }
    let wasDone = change.tasks.count { $0.status == .done }
    let wasFatal = change.tasks.count { $0.status == .fatal }
    let retries = change.to == .done ? 0 : change.tasks.reduce(0) { $0 + $1.retries }
    try database.execute(
      sql:
        "UPDATE progress SET done = done + ?, fatal = fatal - ?, retries = retries - ? WHERE workflow_id = ?",
      arguments: [(change.to == .done ? ids.count : 0) - wasDone, wasFatal, retries, change.workflow])
    for word in TaskWord.allCases {
      let members = change.tasks.filter { $0.status == word }.map(\.id)
      guard !members.isEmpty else { continue }
      try Feed.append(
        .tasks(members, from: word, to: change.to.word, why: .setByHand), workflow: change.workflow,
        user: person.user, database)
    }
    if change.workflowFrom != change.workflowTo {
      try database.execute(
        sql: "UPDATE workflow SET status = ? WHERE id = ?",
        arguments: [change.workflowTo.rawValue, change.workflow])
      try Feed.append(
        .workflow(from: change.workflowFrom, to: change.workflowTo, why: nil), workflow: change.workflow,
        user: person.user, database)
    }
  }
}
