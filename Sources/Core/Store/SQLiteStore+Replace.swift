import GRDB
import JobmonModel

/// `--accept-changes`: a workflow whose tasks have changed is bound anew, and its DONE tasks are carried over.
extension SQLiteStore {
  /// Takes a workflow out of its key's place; its rows stay.
  ///
  /// - Throws: ``RunRefusal`` where a run holds it that may be alive.
  static func retire(_ workflow: WorkflowID, _ database: Database) throws {
    let row = try Row.fetchOne(
      database, sql: "SELECT status, holder, user FROM workflow WHERE id = ? AND replaced_by IS NULL",
      arguments: [workflow])
    guard let row else { throw BindingOvertaken() }
    if let holder: WorkflowRunID = row["holder"] {
      let driver = try Self.holder(holder, database).driver
      guard HostProcess(driver).isKnownDead else {
        throw RunRefusal(
          StoreRefusal.liveChanges(workflow, run: holder, pid: driver.pid, host: driver.host))
      }
    }
    // What a dead driver left open was ended by whoever replaces it (WorkflowRunner): nobody asks for it again.
    let message = "the workflow was replaced after its driver had died"
    let open = try Row.fetchAll(
      database,
      sql: "SELECT id, task_id, attempt, status FROM open_instance WHERE workflow_id = ? ORDER BY id",
      arguments: [workflow])
    for row in open {
      let status: TaskInstanceStatus = TaskInstanceStatus(rawValue: row[3]) ?? .instantiated
      try Feed.append(
        .ended(
          AttemptEnd(
            attempt: ChangedAttempt(instance: row[0], task: row[1], attempt: row[2]),
            from: TaskStatus(open: status), taskStatus: .registering, status: .killed, cause: .interrupted,
            message: message)), workflow: workflow, user: CurrentUser.name, database)
    }
    try database.execute(
      sql: """
        UPDATE instance SET is_open = 0, status = ?, cause = 'interrupted', ended = ?, message = ?
        WHERE workflow_id = ? AND is_open
        """,
      arguments: [TaskInstanceStatus.killed.rawValue, Timestamp.now.rawValue, message, workflow])
    // 0 until the id of the one that takes its place is known.
    try database.execute(
      sql: "UPDATE workflow SET replaced_by = 0, holder = NULL, status = ? WHERE id = ?",
      arguments: [WorkflowStatus.aborted.rawValue, workflow])
    try Feed.append(
      .workflow(from: WorkflowStatus(rawValue: row["status"]), to: .aborted, why: .replaced),
      workflow: workflow,
      user: CurrentUser.name, database)
  }

  /// Of each task of a definition, the task of the workflow that it replaces whose result it keeps, if it keeps one.
  ///
  /// - Parameter keepsDone: as ``ChangePolicy/acceptAndKeepDone``.
  func keptResults(of binding: Binding, _ definition: WorkflowDefinition, keepsDone: Bool) throws -> (Int) ->
    TaskID?
  {
    let replaced = try read {
      try Int64.fetchOne(
        $0, sql: "SELECT id FROM workflow WHERE replaced_by = ?", arguments: [binding.workflow])
    }
    guard let replaced else { return { _ in nil } }
    let old = try load(replaced)
    let plan = ChangePlan(from: old, to: definition, keepsDone: keepsDone)
    return { task in plan.source[task] < 0 ? nil : old.firstTask + TaskID(plan.source[task]) }
  }
}
