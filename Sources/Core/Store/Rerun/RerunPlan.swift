import GRDB
import JobmonModel

/// The changes of a rerun, computed within one transaction.
struct RerunPlan {
  let scope: WorkflowScope
  /// The given tasks, in order.
  let selected: [TaskIndex]
  /// The given tasks and all tasks downstream, with their present state.
  let rows: [TaskRow]
  let overrides: [ResourceOverride]

  /// The stored part of a ``RerunRequest``.
  struct Stored: Codable {
    var tasks: [TaskIndex]
    var overrides: [ResourceOverride]

    enum CodingKeys: String, CodingKey {
      case tasks
      case overrides = "requests"
    }
  }

  var stored: Stored { Stored(tasks: selected, overrides: overrides) }

  /// - Throws: ``StoreError/notFound(_:)``; ``RunRefusal`` with `invalid_usage` for tasks of another workflow.
  init(_ order: RerunOrder, _ database: Database, _ store: SQLiteStore) throws {
    let scope = try WorkflowScope(order.workflow, database)
    let strangers = order.tasks.filter { !scope.tasks.contains($0) }
    guard strangers.isEmpty else {
      throw RunRefusal(StoreRefusal.otherTasks(order.workflow, strangers))
    }
    self.scope = scope
    selected = Set(order.tasks.map(scope.index)).sorted()
    let again = try DependencyClosure(scope, database).withDownstreams(selected)
    rows = try store.taskRows(scope, indices: again, database)
    overrides = try Self.overrides(order, selected, scope, database)
  }

  /// The overrides of the selected tasks; empty if the order changes no resources.
  private static func overrides(
    _ order: RerunOrder, _ selected: [TaskIndex], _ scope: WorkflowScope, _ database: Database
  ) throws -> [ResourceOverride] {
    guard order.memory != nil || order.runtime != nil else { return [] }
    let statement = try database.makeStatement(
      sql: """
        SELECT request.value FROM instance
        JOIN batch ON batch.id = batch_id JOIN request ON request.id = batch.request_id
        WHERE task_id = ? ORDER BY instance.id DESC LIMIT 1
        """)
    return try selected.compactMap { task in
      let last = try String.fetchOne(statement, arguments: [scope.firstTask + TaskID(task)]).map {
        try StoredJSON.value(ResourceRequest.self, $0)
      }
      let override = ResourceOverride(
        task: task,
        memory: order.memory?.applied(to: last?.memory, most: MemorySize.largest),
        runtime: order.runtime?.applied(to: last?.runtime, most: RuntimeSpan.longest))
      return override.memory == nil && override.runtime == nil ? nil : override
    }
  }

  /// Resets the tasks that the next resume would not reset: those that are DONE, and those that have run out of a
  /// resource that the order sets.
  ///
  /// - Returns: the number of tasks reset.
  func carryOut(by person: Operator, _ database: Database, _ store: SQLiteStore) throws -> Int {
    let fatal = rows.filter { $0.status == .fatal }.map { scope.index($0.id) }
    var given: [TaskIndex: ResourceOverride] = [:]
    for override in overrides { given[override.task] = override }
    let failures = try SQLiteStore.resourceFailures(of: fatal, firstTask: scope.firstTask, database)
    let settled = Set(
      failures.filter { failure in
        guard let override = given[failure.task] else { return false }
        return failure.resource == .memory ? override.memory != nil : override.runtime != nil
      }.map { scope.firstTask + TaskID($0.task) })
    let word = try String.fetchOne(
      database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [scope.id])!
    let old = WorkflowStatus(rawValue: word) ?? .aborted
    var change = StatusChange(
      workflow: scope.id, to: .registering,
      tasks: rows.filter { $0.status == .done || settled.contains($0.id) }, workflowFrom: old,
      workflowTo: old)
    if old == .done, !change.tasks.isEmpty { change.workflowTo = .halted }
    try SQLiteStore.setOverrides(overrides, scope.id, firstTask: scope.firstTask, database)
    try store.carryOut(change, by: person, database)
    return change.tasks.count
  }
}
