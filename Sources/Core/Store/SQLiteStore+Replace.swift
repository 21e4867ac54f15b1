import GRDB
import JobmonModel

/// `--accept-changes`: binds a workflow with changed tasks again, and keeps results of its DONE tasks.
extension SQLiteStore {
  /// Releases the key of a workflow for the one that replaces it. Its rows are kept.
  ///
  /// - Throws: ``RunRefusal`` if a run that may be alive holds it; ``BindingOvertaken`` if it was replaced already.
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
    // The process that replaces the workflow has cancelled the attempts left by a dead driver (WorkflowRunner), so they
    // are closed here.
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
    // 0 until the id of the new workflow is known.
    try database.execute(
      sql: "UPDATE workflow SET replaced_by = 0, holder = NULL, status = ? WHERE id = ?",
      arguments: [WorkflowStatus.aborted.rawValue, workflow])
    try Feed.append(
      .workflow(from: WorkflowStatus(rawValue: row["status"]), to: .aborted, why: .replaced),
      workflow: workflow,
      user: CurrentUser.name, database)
  }

  /// Returns, for each task of a definition, the task of the replaced workflow whose result it keeps; nil if it keeps
  /// none.
  ///
  /// - Parameter keepsDone: as in ``ChangePolicy/acceptAndKeepDone``.
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
