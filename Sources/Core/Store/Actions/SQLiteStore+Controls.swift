import GRDB
import JobmonModel

extension SQLiteStore {
  /// Sets how many tasks of a workflow, or of one of its templates, may run at once. A live run sees the change within
  /// 200 ms.
  ///
  /// - Parameter limit: nil means no limit, 0 pauses.
  /// - Returns: the number of limits changed; 0 if the limit was already set.
  public func setLimit(_ limit: Int?, of workflow: WorkflowID, template: String? = nil, by person: Operator)
    throws -> Int
  {
    try write { database in
      let scope = try WorkflowScope(workflow, database)
      let condition: String
      let table: String
      if let template {
        guard let array = scope.templates.firstIndex(of: template) else {
          let nearest = Suggestion.nearest(to: template, among: scope.templates).map {
            "; did you mean '\($0)'?"
          }
          throw StoreError.notFound(
            "template '\(template)' of workflow \(workflow)\(nearest ?? "; it has \(scope.templates.joined(separator: ", "))")"
          )
        }
        (table, condition) = ("array", "workflow_id = \(workflow) AND place = \(array)")
      } else {
        (table, condition) = ("workflow", "id = \(workflow)")
      }
      let old = try Int.fetchOne(
        database, sql: "SELECT max_concurrently_running FROM \(table) WHERE \(condition)")
      guard old != limit else { return 0 }
      try database.execute(
        sql: "UPDATE \(table) SET max_concurrently_running = ? WHERE \(condition)", arguments: [limit])
      try Feed.append(
        .limit(template: template, from: old, to: limit, why: nil), workflow: workflow, user: person.user,
        database)
      return 1
    }
  }

  /// Ends a pause (a limit of 0) of a workflow and restores the previous limit.
  ///
  /// - Returns: the restored limit; nil if the workflow is not paused.
  public func endPause(of workflow: WorkflowID, by person: Operator) throws -> FormerLimit? {
    try write { database in
      try WorkflowScope.require(workflow, database)
      let limit = try Int.fetchOne(
        database, sql: "SELECT max_concurrently_running FROM workflow WHERE id = ?", arguments: [workflow])
      guard limit == 0 else { return nil }
      var former: Int?
      try Feed.forEachChange(of: workflow, kind: .limit, database, path: path) { change in
        if case .limit(template: nil, let old, to: 0, _) = change.what { former = old }
      }
      try database.execute(
        sql: "UPDATE workflow SET max_concurrently_running = ? WHERE id = ?", arguments: [former, workflow])
      try Feed.append(
        .limit(template: nil, from: 0, to: former, why: nil), workflow: workflow, user: person.user, database)
      return FormerLimit(former: former)
    }
  }

  /// Asks the live run of a workflow to stop.
  ///
  /// - Parameter cancel: whether to cancel submitted and running attempts, too.
  /// - Returns: the run that was asked.
  /// - Throws: ``RunRefusal`` with `not_resumable` if no live run holds the workflow.
  public func requestStop(_ workflow: WorkflowID, cancel: Bool, by person: Operator) throws -> LeaseHolder {
    try write { database in
      try WorkflowScope.require(workflow, database)
      let run = try Int64.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ? AND holder IS NOT NULL",
        arguments: [workflow])
      guard let run, case let holder = try Self.holder(run, database), !HostProcess(holder.driver).isKnownDead
      else {
        throw RunRefusal(StoreRefusal.notRunning(workflow))
      }
      try database.execute(
        sql: "UPDATE run SET stop_by = ?, stop_cancel = MAX(stop_cancel, ?) WHERE id = ?",
        arguments: [person.user, cancel, run])
      try Feed.append(
        .stopRequested(run, cancel: cancel), workflow: workflow, run: run, user: person.user, database)
      return holder
    }
  }
}

/// The limit that is restored after a pause.
public struct FormerLimit: Hashable, Sendable {
  /// Maximum number of tasks at once; nil means no limit.
  public var former: Int?
}
