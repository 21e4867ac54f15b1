import GRDB
import JobmonGraph
import JobmonModel

/// Finds the tasks of a workflow that can no longer run because an upstream is FATAL, from the committed state.
///
/// The graph is loaded when the first task fails: of a million tasks that takes about a second.
struct StoredBlockage {
  private let scope: WorkflowScope
  private var graph: TaskGraph?
  /// By task; nil if everything must be computed again.
  private var isWaiting: [Bool]?
  private var blockage: Blockage
  private var names: [TaskIndex: String] = [:]

  init(_ scope: WorkflowScope) {
    self.scope = scope
    blockage = Blockage(templates: scope.templates.count)
  }

  /// Computes everything again at the next update, because tasks were changed without an attempt.
  mutating func reset() {
    isWaiting = nil
    blockage = Blockage(templates: scope.templates.count)
  }

  /// The blocked tasks of each template.
  ///
  /// - Parameters:
  ///   - failed: tasks that have become FATAL since the last update.
  ///   - template: the index of a task's template.
  mutating func update(failed: [TaskIndex], template: (TaskIndex) -> Int, _ database: Database) throws
    -> [RunProgress.Blocked?]
  {
    let graph = try self.graph ?? loadGraph(database)
    self.graph = graph
    var failed = failed
    let isWaiting: [Bool]
    if let known = self.isWaiting {
      isWaiting = known
    } else {
      (isWaiting, failed) = try states(database)
      self.isWaiting = isWaiting
    }
    for task in failed { blockage.note(task, graph, template: template, isWaiting: { isWaiting[Int($0)] }) }
    return try blockage.ofTemplate.map { blocked in
      guard var blocked else { return nil }
      blocked.name = try name(blocked.by, database)
      return blocked
    }
  }

  private func loadGraph(_ database: Database) throws -> TaskGraph {
    var upstreams: [UpstreamSets.ID] = []
    upstreams.reserveCapacity(scope.taskCount)
    try HotRow.forEach(
      database, "SELECT upstream_set FROM task_definition WHERE id >= ? AND id < ? ORDER BY id",
      [scope.tasks.lowerBound, scope.tasks.upperBound]
    ) { upstreams.append(UpstreamSets.ID($0.int(0))) }
    return try TaskGraph(upstreams: upstreams, sets: SQLiteStore.sets(of: scope.id, database))
  }

  /// Which tasks wait for their upstreams, and which are FATAL.
  private func states(_ database: Database) throws -> (isWaiting: [Bool], fatal: [TaskIndex]) {
    var isWaiting: [Bool] = []
    isWaiting.reserveCapacity(scope.taskCount)
    var fatal: [TaskIndex] = []
    try HotRow.forEach(
      database, "SELECT status FROM task WHERE id >= ? AND id < ? ORDER BY id",
      [scope.tasks.lowerBound, scope.tasks.upperBound]
    ) { row in
      let status = row.text(0).flatMap(TaskStatus.init(rawValue:)) ?? .registering
      if status == .fatal { fatal.append(TaskIndex(isWaiting.count)) }
      isWaiting.append(status.word == .pending)
    }
    let open = try TaskID.fetchCursor(
      database, sql: "SELECT task_id FROM open_instance WHERE workflow_id = ?", arguments: [scope.id])
    while let task = try open.next() { isWaiting[Int(scope.index(task))] = false }
    return (isWaiting, fatal)
  }

  private mutating func name(_ task: TaskIndex, _ database: Database) throws -> String {
    if let known = names[task] { return known }
    let id = scope.firstTask + Int64(task)
    let name = try String.fetchOne(
      database, sql: "SELECT name FROM task_definition WHERE id = ?", arguments: [id])
    names[task] = name
    return name ?? ""
  }
}
