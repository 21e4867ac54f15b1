import GRDB
import JobmonModel

extension SQLiteStore {
  /// Reads everything that a report shows.
  ///
  /// - Parameters:
  ///   - mostAttempts: if there are more attempts, only a selection is returned.
  ///   - mostErrors: maximum number of error groups.
  /// - Throws: ``StoreError/notFound(_:)``
  public func report(of workflow: WorkflowID, mostAttempts: Int = 120_000, mostErrors: Int = 50) throws
    -> WorkflowReport
  {
    let errors = try errors(of: workflow, limit: mostErrors)
    return try read { database in
      var reader = try ReportReader(self, WorkflowScope(workflow, database), database)
      return try reader.report(errors: errors, mostAttempts: mostAttempts)
    }
  }
}

private struct ReportReader {
  /// Number of intervals of the curve of running attempts.
  private static let points = 1_500
  /// Maximum number of links of the chain.
  private static let mostLinks = 200

  let store: SQLiteStore
  let scope: WorkflowScope
  let database: Database
  let driver: DriverState
  let now: Int64
  var templates: [WorkflowReport.Template] = []
  /// When the last attempt of each task started, and when its successful attempt ended; 0 if there is none.
  var lastStart: [Int64]
  var lastEnd: [Int64]
  var template: [Int]

  init(_ store: SQLiteStore, _ scope: WorkflowScope, _ database: Database) throws {
    self.store = store
    self.scope = scope
    self.database = database
    driver = try SQLiteStore.driver(of: scope.id, database)
    now = if case .dead(let since) = driver { since.rawValue } else { Timestamp.now.rawValue }
    lastStart = Array(repeating: 0, count: scope.taskCount)
    lastEnd = lastStart
    template = Array(repeating: 0, count: scope.taskCount)
  }

  mutating func report(errors: [ErrorGroup], mostAttempts: Int) throws -> WorkflowReport {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT name, tool, tool_version, workflow_args, description, status, user, created, max_concurrently_running
        FROM workflow WHERE id = ?
        """, arguments: [scope.id])!
    try readTasks()
    let (count, attempts, changes) = try readAttempts(most: mostAttempts)
    let dag = try DependencyClosure(scope, database)
    let links = chain(dag)
    var shown = Set(attempts.map(\.task))
    shown.formUnion(links)
    let names = try names(of: shown)
    let runs = try readRuns()
    var report = WorkflowReport(
      id: scope.id, name: row[0], tool: row[1], toolVersion: row[2], workflowArgs: row[3],
      description: row[4],
      status: try store.stored(row[5]), user: row[6], created: row[7], limit: row[8], now: now, runs: runs,
      templates: templates, edges: edges(dag), attemptCount: count, attempts: attempts,
      concurrency: Self.curve(changes), chain: described(links, names, since: runs.first?.started ?? row[7]),
      errors: errors, taskNames: names, firstTask: scope.firstTask)
    report.driver = driver
    return report
  }

  private mutating func readTasks() throws {
    templates = scope.templates.map { WorkflowReport.Template(name: $0) }
    let limits = try Row.fetchAll(
      database, sql: "SELECT max_concurrently_running FROM array WHERE workflow_id = ? ORDER BY place",
      arguments: [scope.id])
    for (index, row) in limits.enumerated() { templates[index].limit = row[0] }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT array, status, retries FROM task WHERE id >= ? AND id < ? ORDER BY id",
      arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
    var index = 0
    while let row = try rows.next() {
      let array: Int = row[0]
      template[index] = array
      templates[array].tasks += 1
      templates[array].retries += row[2] as Int
      switch row[1] as String {
      case TaskStatus.done.rawValue: templates[array].done += 1
      case TaskStatus.fatal.rawValue: templates[array].fatal += 1
      default: break
      }
      index += 1
    }
  }

  private mutating func readAttempts(most: Int) throws -> (
    Int, [WorkflowReport.Attempt], [(time: Int64, change: Int)]
  ) {
    let requests = try self.requests()
    let count =
      try Int.fetchOne(
        database, sql: "SELECT count(*) FROM instance WHERE task_id >= ? AND task_id < ?",
        arguments: [scope.tasks.lowerBound, scope.tasks.upperBound]) ?? 0
    let step = max(1, (count + most - 1) / max(1, most))
    var attempts: [WorkflowReport.Attempt] = []
    var changes: [(time: Int64, change: Int)] = []
    var figures = templates.map { _ in (walls: [Double](), peaks: [Double]()) }
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT i.task_id, i.status, i.attempt, i.created, i.started, i.ended, i.wall, i.cpu, i.peak, i.cause, i.node,
          b.request_id, i.is_open
        FROM instance i CROSS JOIN batch b ON b.id = i.batch_id
        WHERE i.task_id >= ? AND i.task_id < ? ORDER BY i.task_id, i.id
        """, arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
    var number = 0
    while let row = try rows.next() {
      let task = scope.index(row[0])
      let array = template[Int(task)]
      let attempt = WorkflowReport.Attempt(
        task: task, template: array, created: row[3], started: row[4], ended: row[5],
        status: try store.stored(row[1]), node: row[10], attempt: row[2], peak: row[8])
      let end = attempt.ended ?? (row[12] ? now : attempt.started ?? attempt.created)
      if let start = attempt.started {
        changes.append((start, 1))
        changes.append((max(start, end), -1))
        lastStart[Int(task)] = start
      }
      if attempt.status == .done { lastEnd[Int(task)] = end }
      let request = requests[row[11] as Int64] ?? (1, nil, nil)
      let wall = ResourceUsage.seconds(row[6]) ?? attempt.started.map { Double(max(0, end - $0)) / 1000 }
      let isDone = attempt.status == .done
      if isDone {
        if let wall { figures[array].walls.append(wall) }
        if let peak = attempt.peak { figures[array].peaks.append(Double(peak)) }
      } else if !(row[12] as Bool) {
        templates[array].causes[(row[9] as String?) ?? attempt.status.rawValue, default: 0] += 1
        templates[array].lostSeconds += wall ?? 0
      }
      if let cpu = ResourceUsage.seconds(row[7]), let wall {
        templates[array].cpuSeconds += cpu
        templates[array].coreSeconds += wall * Double(request.cores)
      }
      if let peak = attempt.peak, let wall, let memory = request.memory {
        templates[array].usedByteSeconds += Double(peak) * wall
        templates[array].requestedByteSeconds += Double(memory) * wall
      }
      Self.widen(&templates[array].requestedMemory, request.memory)
      Self.widen(&templates[array].requestedRuntime, request.runtime)
      if !isDone || number % step == 0 { attempts.append(attempt) }
      number += 1
    }
    for (index, figures) in figures.enumerated() {
      templates[index].runtime = TemplateUsage.Spread(figures.walls)
      templates[index].memory = TemplateUsage.Spread(figures.peaks)
    }
    return (count, attempts, changes)
  }

  private static func widen(_ range: inout ClosedRange<Int64>?, _ value: Int64?) {
    guard let value else { return }
    range = range.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
  }

  private func requests() throws -> [Int64: (cores: Int, memory: Int64?, runtime: Int64?)] {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT q.id, q.value FROM run r JOIN batch b ON b.run_id = r.id JOIN request q ON q.id = b.request_id
        WHERE r.workflow_id = ?
        """, arguments: [scope.id])
    return try Dictionary(
      uniqueKeysWithValues: rows.map { row in
        let request = try StoredJSON.value(ResourceRequest.self, row[1])
        return (row[0] as Int64, (request.cores, request.memory, request.runtime))
      })
  }

  private func readRuns() throws -> [WorkflowReport.Run] {
    try Row.fetchAll(
      database,
      sql: "SELECT id, status, cluster, user, started, ended FROM run WHERE workflow_id = ? ORDER BY id",
      arguments: [scope.id]
    ).map {
      WorkflowReport.Run(
        id: $0[0], status: try store.stored($0[1]), cluster: $0[2], user: $0[3], started: $0[4], ended: $0[5])
    }
  }

  private func names(of tasks: Set<TaskIndex>) throws -> [TaskIndex: String] {
    var names: [TaskIndex: String] = [:]
    names.reserveCapacity(tasks.count)
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, name FROM task_definition WHERE id >= ? AND id < ?",
      arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
    while let row = try rows.next() {
      let index = scope.index(row[0])
      if tasks.contains(index) { names[index] = row[1] }
    }
    return names
  }

  /// The number of running attempts over time: the maximum in each of a fixed number of intervals.
  private static func curve(_ changes: [(time: Int64, change: Int)]) -> [(time: Int64, running: Int)] {
    // In the same millisecond, an end counts before a start.
    let sorted = changes.sorted { ($0.time, $0.change) < ($1.time, $1.change) }
    guard let first = sorted.first?.time, let last = sorted.last?.time else { return [] }
    let width = max(1, (last - first) / Int64(points))
    var curve: [(time: Int64, running: Int)] = []
    var running = 0
    var (step, most) = (first, 0)
    for (time, change) in sorted {
      if time >= step + width {
        if curve.last?.running != most { curve.append((step, most)) }
        step += (time - step) / width * width
        // Attempts that ran before this interval continue in it.
        if curve.last?.running != running, step > (curve.last?.time ?? first) {
          curve.append((step, running))
        }
        most = running
      }
      running += change
      most = max(most, running)
    }
    curve.append((step, most))
    curve.append((last, running))
    return curve
  }

  private func edges(_ dag: DependencyClosure) -> [(from: Int, to: Int)] {
    var before = [Set<Int>](repeating: [], count: dag.sets.count)
    for set in before.indices {
      before[set] = Set(dag.sets[UpstreamSets.ID(set)].lazy.map { template[Int($0)] })
    }
    var found: Set<[Int]> = []
    for (task, set) in dag.upstreams.enumerated() {
      for from in before[Int(set)] { found.insert([from, template[task]]) }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }

  /// The chain that ends with the DONE task that ended last. Each link is the upstream of the next link that ended
  /// last.
  private func chain(_ dag: DependencyClosure) -> [TaskIndex] {
    guard let last = lastEnd.indices.max(by: { lastEnd[$0] < lastEnd[$1] }), lastEnd[last] > 0 else {
      return []
    }
    var chain: [TaskIndex] = []
    var next: TaskIndex? = TaskIndex(last)
    while let task = next, chain.count < Self.mostLinks {
      chain.append(task)
      next = dag.sets[dag.upstreams[Int(task)]].max { lastEnd[Int($0)] < lastEnd[Int($1)] }
    }
    return chain.reversed()
  }

  private func described(_ chain: [TaskIndex], _ names: [TaskIndex: String], since: Int64)
    -> [WorkflowReport.Link]
  {
    var before = since
    return chain.map { task in
      let (start, end) = (lastStart[Int(task)], lastEnd[Int(task)])
      defer { before = end }
      return WorkflowReport.Link(
        task: scope.firstTask + TaskID(task), name: names[task] ?? "", template: template[Int(task)],
        waited: max(0, start - before), ran: max(0, end - start))
    }
  }
}
