import GRDB

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
          .workflowHeld,
          "workflow \(workflow) is being run by run \(holder) (process \(driver.pid) on \(driver.host)): stop it with "
            + "`jobmon workflow_stop -w \(workflow)` before its changes are accepted", workflowID: workflow)
      }
    }
    // 0 until the id of the one that takes its place is known.
    try database.execute(
      sql: "UPDATE workflow SET replaced_by = 0, holder = NULL, status = ? WHERE id = ?",
      arguments: [WorkflowStatus.aborted.rawValue, workflow])
    try note(
      database, .workflow, workflow: workflow, id: workflow, from: row["status"],
      to: WorkflowStatus.aborted.rawValue, by: CurrentUser.name,
      why: "its changes were accepted: another one takes its place")
  }

  /// Which tasks of a definition are DONE in the workflow that it replaces: those with the same template name, node_args
  /// and task_args.
  func carriedOver(to binding: Binding, _ definition: WorkflowDefinition) throws -> (Int) -> Bool {
    let replaced = try read {
      try Int64.fetchOne(
        $0, sql: "SELECT id FROM workflow WHERE replaced_by = ?", arguments: [binding.workflow])
    }
    guard let replaced else { return { _ in false } }
    let old = try load(replaced)
    var done: Set<[String]> = []
    for task in 0..<old.definition.taskCount where old.statuses[task] == .done {
      done.insert(old.definition.carriedBy(task))
    }
    return { done.contains(definition.carriedBy($0)) }
  }
}

extension WorkflowDefinition {
  /// What a DONE task is recognised by though its workflow has changed.
  fileprivate func carriedBy(_ task: Int) -> [String] {
    let template = templates[Int(tasks.template[task])]
    let values = tasks.arguments(task)
    func pairs(_ names: [String], from start: Int) -> [String] {
      names.indices.sorted { names[$0] < names[$1] }.flatMap { [names[$0], values[start + $0]] }
    }
    return [template.name] + pairs(template.nodeArgs, from: 0) + ["/"]
      + pairs(template.taskArgs, from: template.nodeArgs.count)
  }
}
