import GRDB
import JobmonModel

/// What a rerun changes, found within one transaction.
struct RerunPlan {
  let scope: WorkflowScope
  /// The tasks that were named, in order.
  let selected: [TaskIndex]
  /// They, and all tasks downstream, as they are now.
  let rows: [TaskRow]
  let requests: [OwnRequest]

  /// What a live run is asked for, as it is stored.
  struct Wish: Codable {
    var tasks: [TaskIndex]
    var requests: [OwnRequest]
  }

  var wish: Wish { Wish(tasks: selected, requests: requests) }

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
    requests = try Self.requests(order, selected, scope, database)
  }

  /// What the selected tasks are to ask for, where the order says so.
  private static func requests(
    _ order: RerunOrder, _ selected: [TaskIndex], _ scope: WorkflowScope, _ database: Database
  ) throws -> [OwnRequest] {
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
      let own = OwnRequest(
        task: task,
        memory: order.memory?.applied(to: last?.memory, most: MemorySize.largest),
        runtime: order.runtime?.applied(to: last?.runtime, most: RuntimeSpan.longest))
      return own.memory == nil && own.runtime == nil ? nil : own
    }
  }

  /// Sets the tasks back that the next resume would not: those that are DONE, and those that have failed for want of a
  /// resource of which the order says how much they get.
  ///
  /// - Returns: how many.
  func carryOut(by person: Operator, _ database: Database, _ store: SQLiteStore) throws -> Int {
    let fatal = rows.filter { $0.status == .fatal }.map { scope.index($0.id) }
    var given: [TaskIndex: OwnRequest] = [:]
    for request in requests { given[request.task] = request }
    let failures = try SQLiteStore.resourceFailures(of: fatal, firstTask: scope.firstTask, database)
    let settled = Set(
      failures.filter { failure in
        guard let own = given[failure.task] else { return false }
        return failure.resource == .memory ? own.memory != nil : own.runtime != nil
      }.map { scope.firstTask + TaskID($0.task) })
    let word = try String.fetchOne(
      database, sql: "SELECT status FROM workflow WHERE id = ?", arguments: [scope.id])!
    let old = WorkflowStatus(rawValue: word) ?? .aborted
    var change = StatusChange(
      workflow: scope.id, to: .registering,
      tasks: rows.filter { $0.status == .done || settled.contains($0.id) }, workflowFrom: old,
      workflowTo: old)
    if old == .done, !change.tasks.isEmpty { change.workflowTo = .halted }
    try SQLiteStore.setRequests(requests, scope.id, firstTask: scope.firstTask, database)
    try store.carryOut(change, by: person, database)
    return change.tasks.count
  }
}
