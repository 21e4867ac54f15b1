import GRDB
import JobmonModel

/// One process's binding of a workflow. Each binding takes a range of task ids that no other binding has used. The
/// range identifies the rows of a workflow that is not completely stored: every slice checks in its own transaction
/// that the workflow still belongs to its binding.
struct Binding {
  var workflow: WorkflowID
  var firstTask: TaskID

  /// - Throws: ``RunRefusal`` with `workflow_held` if another process has begun to bind the workflow again.
  func requireMine(_ database: Database) throws {
    guard try isCurrent(database) else {
      throw RunRefusal(StoreRefusal.beingStored(workflow))
    }
  }

  /// - Throws: ``BindingOvertaken`` if the unfinished workflow has changed since it was read. For example, its own
  ///   process may have completed it, and may be running it.
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

/// Another process changed a workflow between the read and the write lock. The workflow must be read again.
struct BindingOvertaken: Error {}
