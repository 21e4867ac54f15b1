import GRDB
import JobmonModel

/// One attempt at writing a definition. Each takes a range of task ids that no other ever had, so the range tells
/// whose rows a half-written workflow has: every slice looks, in its own transaction, whether they are still its own.
struct Binding {
  var workflow: WorkflowID
  var firstTask: TaskID

  /// - Throws: ``RunRefusal`` with `workflow_held` where another process has begun to write the workflow anew.
  func requireMine(_ database: Database) throws {
    guard try isCurrent(database) else {
      throw RunRefusal(StoreRefusal.beingStored(workflow))
    }
  }

  /// - Throws: ``BindingOvertaken`` where the half-written workflow is no longer the one that was looked at: bound by
  ///   its own process after all, say, and running.
  func requireUnchanged(_ database: Database) throws {
    guard try isCurrent(database) else { throw BindingOvertaken() }
  }

  private func isCurrent(_ database: Database) throws -> Bool {
    try Bool.fetchOne(
      database,
      sql: "SELECT EXISTS (SELECT 1 FROM workflow WHERE id = ? AND first_task = ? AND NOT is_bound)",
      arguments: [workflow, firstTask]) ?? false
  }
}

/// Another process changed a workflow between the look at it and the write lock: to be looked at again.
struct BindingOvertaken: Error {}
