import Foundation
import GRDB
import JobmonCollections
import JobmonModel

/// Ids that ``SQLiteStore/apply(_:run:synced:)`` has looked up or written before. Contains only committed ids.
final class ApplyCache {
  struct RunScope {
    var workflow: WorkflowID
    var firstTask: TaskID
  }

  struct Batch {
    var id: Int64
    /// Number of its attempts written so far; nil if this is unknown, or if attempts may be added later.
    var made: Int?
  }

  var runs: [WorkflowRunID: RunScope] = [:]
  var batches: [String: Batch] = [:]
  var requests: [ResourceRequest: Int64] = [:]
  var started: Set<WorkflowID> = []
  private var statements: HotStatements?

  /// Created at first use, for the store's only connection.
  func statements(_ database: Database) throws -> HotStatements {
    if let statements { return statements }
    let made = try HotStatements(database)
    statements = made
    return made
  }

  func forget() {
    runs = [:]
    batches = [:]
    requests = [:]
    started = []
  }
}

extension SQLiteStore {
  /// Commits transitions in one transaction. If the disk is full, moves the write-ahead log into the database, which
  /// may free space, and tries once more.
  public func apply(_ transitions: [Transition], run: WorkflowRunID, synced: Bool) throws -> Int64 {
    let seq: Int64
    do {
      seq = try commit(transitions, run: run)
    } catch StoreError.full {
      // Most of the space may be used by the log. Moving it into the database may free enough.
      try emptyLog()
      seq = try commit(transitions, run: run)
    }
    KillPoint.reached("store.apply.after-commit")
    if synced { try sync() }
    return seq
  }

  private func commit(_ transitions: [Transition], run: WorkflowRunID) throws -> Int64 {
    do {
      return try write { database in
        let count = transitions.reduce(0) { $0 + $1.changeCount }
        let writer = try TransitionWriter(database, run: run, cache: cache, count: count)
        try writer.write(transitions)
        KillPoint.reached("store.apply.before-commit")
        return writer.firstSeq
      }
    } catch {
      // The ids that the cache recorded as written were rolled back.
      cache.forget()
      throw error
    }
  }
}

/// Writes the transitions of one call in its transaction.
private final class TransitionWriter {
  let database: Database
  let run: WorkflowRunID
  let cache: ApplyCache
  let statements: HotStatements
  let scope: ApplyCache.RunScope
  let firstSeq: Int64
  private var done = 0
  private var fatal = 0
  private var retries = 0
  /// New states of tasks whose attempts have ended. They are written in the order of the tasks, so that each page of
  /// the table is found only once.
  private var taskEnds: [TaskEnd] = []

  private struct TaskEnd {
    var task: TaskIndex
    var status: TaskStatus
    var isRetry: Bool
  }

  /// Reserves the `seq` numbers, and checks in the same statement that the run holds its workflow.
  init(_ database: Database, run: WorkflowRunID, cache: ApplyCache, count: Int) throws {
    self.database = database
    self.run = run
    self.cache = cache
    statements = try cache.statements(database)
    if let known = cache.runs[run] {
      scope = known
    } else {
      let row = try Row.fetchOne(
        database,
        sql:
          "SELECT workflow.id, first_task FROM run JOIN workflow ON workflow.id = workflow_id WHERE run.id = ?",
        arguments: [run])
      guard let row else { throw StoreError.notFound("run \(run)") }
      scope = ApplyCache.RunScope(workflow: row[0], firstTask: row[1])
      cache.runs[run] = scope
    }
    let statement = try database.cachedStatement(
      sql: """
        UPDATE progress SET seq = seq + ?
        WHERE workflow_id = 0 AND (SELECT holder FROM workflow WHERE id = ?) = ?
        RETURNING seq
        """)
    guard let last = try Int64.fetchOne(statement, arguments: [count, scope.workflow, run]) else {
      throw StoreError.leaseLost(
        try Int64.fetchOne(
          database, sql: "SELECT holder FROM workflow WHERE id = ?", arguments: [scope.workflow]))
    }
    firstSeq = last - Int64(count) + 1
  }

  func write(_ transitions: [Transition]) throws {
    let ends = endings(of: transitions)
    // All changes of an attempt take about 20 bytes.
    var feed = ChangeEncoder(capacity: 8 * transitions.count)
    var next = firstSeq
    for transition in transitions {
      let seq = next
      next += Int64(transition.changeCount)
      let changes = transition.changes(
        seq: seq, workflow: scope.workflow, run: run, firstTask: scope.firstTask)
      if case .rerun(let record) = transition {
        // The user made this change, not the run. Each row of the feed has only one user, so the change gets its own
        // row.
        try Feed.append(feed, workflow: scope.workflow, run: run, database)
        feed = ChangeEncoder()
        for change in changes { try feed.append(change) }
        try Feed.append(feed, workflow: scope.workflow, run: run, user: record.user, database)
        feed = ChangeEncoder(capacity: 8 * transitions.count)
        try writeTaskEnds()
        try write(record)
        continue
      }
      for change in changes { try feed.append(change) }
      switch transition {
      case .batch(let batch): try write(batch)
      case .instantiated(let token, let attempts, let at):
        try write(attempts, of: token, at: at, ends: ends)
      case .launched(let token, let launches, let handle, let at):
        try launch(launches, of: token, handle, at: at, ends: ends)
      case .started(let instance, _, let node, let at):
        guard ends.index(of: instance) == nil else { continue }
        try statements.start.run { values in
          values.add(at.rawValue)
          values.add(node)
          values.add(instance)
        }
      case .ended(let end):
        let ending = ends.index(of: end.instance)!
        if !ends.values[ending].isMadeHere { try update(ends.values[ending]) }
        try noteTask(end)
      case .usage(let instance, let usage):
        try execute(
          """
          UPDATE instance SET wall = COALESCE(?, wall), cpu = COALESCE(?, cpu), peak = COALESCE(?, peak)
          WHERE id = ?
          """, [usage.wall, usage.cpu, usage.peakMemory, instance])
      case .tasks(let tasks, let from, let to, _, _):
        try writeTaskEnds()
        try move(tasks, from: from, to: to)
      case .rerun: break
      case .waiting(let instances, let reason):
        // Uses the column that later contains the message of the end.
        for instance in instances {
          try execute("UPDATE instance SET message = ? WHERE id = ? AND is_open", [reason, instance])
        }
      case .adopted(let instances):
        for instance in instances {
          try execute("UPDATE instance SET run_id = ? WHERE id = ?", [run, instance])
        }
      }
    }
    try writeTaskEnds()
    try Feed.append(feed, workflow: scope.workflow, run: run, database)
    if done != 0 || fatal != 0 || retries != 0 {
      try execute(
        "UPDATE progress SET done = done + ?, fatal = fatal + ?, retries = retries + ? WHERE workflow_id = ?",
        [done, fatal, retries, scope.workflow])
    }
  }

  /// The end of an attempt, combined with earlier transitions of the same attempt in this call, so that its row is
  /// written once.
  private struct Ending {
    let end: EndRecord
    var started: (node: String?, at: Timestamp)?
    var handle: String?
    /// Whether the attempt was created in the same call.
    var isMadeHere = false

    init(_ end: EndRecord) { self.end = end }
  }

  private func endings(of transitions: [Transition]) -> InstanceTable<Ending> {
    let count = transitions.count { if case .ended = $0 { true } else { false } }
    var ends = InstanceTable<Ending>(capacity: count)
    for case .ended(let end) in transitions { ends[end.instance] = Ending(end) }
    guard !ends.isEmpty else { return ends }
    for transition in transitions {
      switch transition {
      case .instantiated(_, let attempts, _):
        for attempt in attempts {
          if let index = ends.index(of: attempt.instance) { ends.values[index].isMadeHere = true }
        }
      case .launched(_, let launches, let handle, _):
        for launch in launches {
          if let index = ends.index(of: launch.instance) { ends.values[index].handle = handle }
        }
      case .started(let instance, _, let node, let at):
        if let index = ends.index(of: instance) { ends.values[index].started = (node, at) }
      default: break
      }
    }
    return ends
  }

  private func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  private func write(_ batch: BatchRecord) throws {
    try execute(
      "INSERT INTO batch (token, run_id, cluster, array, request_id) VALUES (?, ?, ?, ?, ?)",
      [batch.token, run, batch.cluster, batch.template, try id(of: batch.request)])
    cache.batches[batch.token] = ApplyCache.Batch(
      id: database.lastInsertedRowID, made: batch.staysOpen ? nil : 0)
  }

  private func id(of request: ResourceRequest) throws -> Int64 {
    if let known = cache.requests[request] { return known }
    let text = try StoredJSON.text(request)
    try execute("INSERT OR IGNORE INTO request (value) VALUES (?)", [text])
    let id = try Int64.fetchOne(database, sql: "SELECT id FROM request WHERE value = ?", arguments: [text])!
    cache.requests[request] = id
    return id
  }

  private func write(
    _ attempts: [AttemptRecord], of token: String, at: Timestamp, ends: InstanceTable<Ending>
  ) throws {
    var batch = try self.batch(token)
    batch.made = batch.made.map { $0 + attempts.count }
    cache.batches[token] = batch
    if cache.started.insert(scope.workflow).inserted {
      try execute("UPDATE workflow SET has_started = 1 WHERE id = ? AND NOT has_started", [scope.workflow])
    }
    for attempt in attempts {
      let ending = ends[attempt.instance]
      let request = try ending?.end.nextRequest.map(id)
      let followUp = try ending?.end.followUp.map { try StoredJSON.text($0) }
      try (ending == nil ? statements.insertInstance : statements.insertEnded).run { values in
        values.add(attempt.instance)
        values.add(scope.workflow)
        values.add(taskID(attempt.task))
        values.add(run)
        values.add(batch.id)
        values.add(attempt.index)
        values.add(attempt.attempt)
        values.add(at.rawValue)
        guard let ending else { return }
        values.add(ending.handle)
        add(ending, nextRequest: request, followUp: followUp, to: &values)
      }
    }
  }

  private func taskID(_ task: TaskIndex) -> TaskID { scope.firstTask + TaskID(task) }

  private func batch(_ token: String) throws -> ApplyCache.Batch {
    if let known = cache.batches[token] { return known }
    let id = try Int64.fetchOne(database, sql: "SELECT id FROM batch WHERE token = ?", arguments: [token])!
    let batch = ApplyCache.Batch(id: id, made: nil)
    cache.batches[token] = batch
    return batch
  }

  /// Records accepted attempts. If the whole batch was accepted, only the batch's row is changed (`open_instance` reads
  /// it from there). Otherwise the row of each attempt is changed.
  private func launch(
    _ launches: [LaunchRecord], of token: String, _ handle: String?, at: Timestamp,
    ends: InstanceTable<Ending>
  ) throws {
    let batch = try self.batch(token)
    if batch.made == launches.count {
      return try execute(
        "UPDATE batch SET handle = ?, launched = ? WHERE id = ?", [handle, at.rawValue, batch.id])
    }
    for launch in launches where ends.index(of: launch.instance) == nil {
      try statements.launch.run { values in
        values.add(handle)
        values.add(launch.instance)
      }
    }
  }

  private func update(_ ending: Ending) throws {
    let nextRequest = try ending.end.nextRequest.map(id)
    let followUp = try ending.end.followUp.map { try StoredJSON.text($0) }
    try statements.end.run { values in
      values.add(ending.handle)
      add(ending, nextRequest: nextRequest, followUp: followUp, to: &values)
      values.add(ending.end.instance)
    }
  }

  /// Adds the values of an instance's row that depend on its end.
  private func add(
    _ ending: Ending, nextRequest: Int64?, followUp: String?, to values: inout HotStatement.Values
  ) {
    let end = ending.end
    let outcome = end.outcome
    values.add(end.instanceStatus.rawValue)
    values.add((outcome.started ?? ending.started?.at)?.rawValue)
    values.add((outcome.ended ?? end.at).rawValue)
    values.add(outcome.node ?? ending.started?.node)
    values.add(outcome.cause.word)
    values.add(outcome.cause.code)
    values.add(outcome.cause.detail)
    values.add(outcome.usage?.wall)
    values.add(outcome.usage?.cpu)
    values.add(outcome.usage?.peakMemory)
    values.add(nextRequest)
    values.add(outcome.message)
    values.add(followUp)
  }

  /// Records the effect of an attempt's end on its task.
  private func noteTask(_ end: EndRecord) throws {
    if end.taskStatus != .registering || end.isRetry || end.from == .error || end.from == .adjusting {
      taskEnds.append(TaskEnd(task: end.task, status: end.taskStatus, isRetry: end.isRetry))
    }
    if let attributes = end.attributes, !attributes.isEmpty {
      try execute(
        "UPDATE task SET written = json_patch(COALESCE(written, '{}'), ?) WHERE id = ?",
        [try StoredJSON.text(attributes), taskID(end.task)])
    }
    if end.taskStatus == .done { done += 1 }
    if end.taskStatus == .fatal { fatal += 1 }
    if end.isRetry { retries += 1 }
  }

  private func writeTaskEnds() throws {
    // Sorted by task and then in the recorded order, so that the last end of a task is effective.
    let order = taskEnds.indices.map { Int64(taskEnds[$0].task) << 32 | Int64($0) }.sorted()
    for index in order.lazy.map({ Int($0 & 0xFFFF_FFFF) }) {
      try statements.task.run { values in
        values.add(taskEnds[index].status.rawValue)
        values.add(taskEnds[index].isRetry)
        values.add(taskID(taskEnds[index].task))
      }
    }
    taskEnds = []
  }

  /// Resets tasks and their retry counters.
  private func write(_ record: RerunRecord) throws {
    for task in record.done + record.fatal {
      let id = taskID(task)
      retries -= try Int.fetchOne(
        database.cachedStatement(sql: "SELECT retries FROM task WHERE id = ?"), arguments: [id])!
      try execute("UPDATE task SET status = 'G', retries = 0 WHERE id = ?", [id])
    }
    done -= record.done.count
    fatal -= record.fatal.count
    try SQLiteStore.setOverrides(
      record.overrides, scope.workflow, firstTask: scope.firstTask, database)
    try SQLiteStore.note(record, database)
  }

  private func move(
    _ tasks: [TaskIndex], from: TaskStatus, to: TaskStatus
  ) throws {
    for task in tasks { try execute("UPDATE task SET status = ? WHERE id = ?", [to.rawValue, taskID(task)]) }
    if from == .fatal { fatal -= tasks.count }
    if to == .fatal { fatal += tasks.count }
    if from == .done { done -= tasks.count }
    if to == .done { done += tasks.count }
  }
}
