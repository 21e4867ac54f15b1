import Foundation
import GRDB
import JobmonModel

/// Follows a workflow from outside its driver by reading the committed changes. The cost depends on the number of
/// changes, not on the size of the workflow.
public final class WorkflowWatch {
  /// The workflow at one moment, with the failures since the moment before.
  public struct Moment: Sendable {
    /// The status of the workflow.
    public var status: WorkflowStatus
    /// The counts of its tasks, and its limits; `elapsed` counts from the start of the newest run.
    public var progress: RunProgress
    /// The run that holds the workflow; nil if there is none.
    public var holder: LeaseHolder?
    /// The state of the driver.
    public var driver: DriverState
    /// Attempts that have failed since the last call, oldest first, each with whether another attempt follows.
    public var failures: [(task: FailedTask, attempt: Int, willRetry: Bool)]
  }

  private let store: SQLiteStore
  private let scope: WorkflowScope
  private let definitions: [TaskTemplate]
  /// The workflow's name when the watch was created.
  public let name: String
  /// With the tool and its version, the workflow's key. It is unique among workflows that were not replaced.
  public let workflowArgs: String
  /// The names of its templates, in order.
  public var templates: [String] { scope.templates }
  /// The number of its tasks. It is fixed once the workflow is stored.
  public var tasksTotal: Int { scope.taskCount }
  /// The working directory of its commands.
  public var workingDirectory: String { scope.workingDirectory }

  /// nil if the tasks must be counted again.
  private var tally: WorkflowTally?
  /// The last number of the feed that the tally includes.
  private var lastSeq: Int64 = 0
  private var dataVersion: Int64?
  /// nil: not asked for.
  private var blockage: StoredBlockage?

  /// - Parameter findsBlocked: whether ``RunProgress/blocked`` is filled in. This needs the graph of the workflow, which
  ///   is loaded when the first task fails.
  /// - Throws: ``StoreError/notFound(_:)``
  public init(_ store: SQLiteStore, _ workflow: WorkflowID, findsBlocked: Bool = false) throws {
    self.store = store
    let (scope, definitions, name, arguments) = try store.read { database in
      let scope = try WorkflowScope(workflow, database)
      let row = try Row.fetchOne(
        database, sql: "SELECT name, workflow_args FROM workflow WHERE id = ?", arguments: [workflow])!
      let definitions = try SQLiteStore.templates(of: workflow, database)
      return (scope, definitions, row[0] as String, row[1] as String)
    }
    self.scope = scope
    self.definitions = definitions
    blockage = findsBlocked ? StoredBlockage(scope) : nil
    self.name = name
    workflowArgs = arguments
  }

  /// - Returns: nil if nothing has been committed since the last call.
  public func look() throws -> Moment? {
    let version = try store.dataVersion()
    guard version != dataVersion else { return nil }
    dataVersion = version
    return try store.read { try moment($0) }
  }

  private func moment(_ database: Database) throws -> Moment {
    let row = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT w.status, w.holder, w.max_concurrently_running,
            (SELECT max(started) FROM run WHERE workflow_id = w.id), p.retries
          FROM workflow w JOIN progress p ON p.workflow_id = w.id WHERE w.id = :workflow
          """), arguments: ["workflow": scope.id])
    guard let row else { throw StoreError.notFound("workflow \(scope.id)") }
    let (failed, fatal) = try follow(database)
    if self.tally == nil { blockage?.reset() }
    let tally = try self.tally ?? count(database)
    self.tally = tally
    let holder = try (row[1] as Int64?).map { try SQLiteStore.holder($0, database) }
    var progress = RunProgress(
      templates: tally.counts, retries: row[4],
      elapsed: (row[3] as Int64?).map { max(0, Timestamp.now.rawValue - $0) } ?? 0)
    progress.workflowLimit = row[2]
    progress.templateLimits = try templateLimits(database)
    if tally.counts.contains(where: { $0.fatal > 0 }) {
      progress.blocked = try blockage?.update(failed: fatal, template: tally.template, database) ?? []
    }
    progress.runtimes = tally.runtimes.map { $0.count > 0 ? Float($0.seconds / Double($0.count)) : nil }
    return Moment(
      status: try store.stored(row[0]), progress: progress, holder: holder,
      driver: try SQLiteStore.driver(of: scope.id, database), failures: try failures(failed, database))
  }

  /// Applies the changes of the feed since the last call.
  ///
  /// - Returns: attempts that have failed, and tasks that have become FATAL.
  private func follow(_ database: Database) throws -> (attempts: [TaskInstanceID], fatal: [TaskIndex]) {
    guard var tally else { return ([], []) }
    // Avoids a copy of the tally.
    self.tally = nil
    var failed: [TaskInstanceID] = []
    var fatal: [TaskIndex] = []
    var isKnown = true
    try Feed.forEachChange(after: lastSeq, of: scope.id, database, path: store.path) { change in
      lastSeq = change.lastSeq
      if case .ended(let end) = change.what {
        if end.followUp != nil { failed.append(end.attempt.instance) }
        if end.taskStatus == .fatal { fatal.append(scope.index(end.attempt.task)) }
      }
      if !tally.take(change) { isKnown = false }
    }
    if isKnown { self.tally = tally }
    return (failed, fatal)
  }

  /// Counts all tasks and all open attempts: at the first call, and after changes of tasks without an attempt.
  private func count(_ database: Database) throws -> WorkflowTally {
    lastSeq = try Feed.lastSeq(database)
    var tally = WorkflowTally(
      firstTask: scope.firstTask, templates: scope.templates.count, tasks: scope.taskCount)
    try HotRow.forEach(
      database, "SELECT array, status FROM task WHERE id >= ? AND id < ? ORDER BY id",
      [scope.tasks.lowerBound, scope.tasks.upperBound]
    ) { row in
      tally.add(template: Int(row.int(0)), row.text(1).flatMap(TaskStatus.init(rawValue:)) ?? .registering)
    }
    let open = try Row.fetchCursor(
      database,
      sql: """
        SELECT o.id, o.task_id, o.status, o.started FROM open_instance o CROSS JOIN task t ON t.id = o.task_id
        WHERE o.workflow_id = ? AND t.status NOT IN ('D', 'F')
        """,
      arguments: [scope.id])
    while let row = try open.next() {
      tally.add(
        open: row[0], of: row[1], TaskStatus(open: try store.stored(row[2])).word,
        started: (row[3] as Int64?).map(Timestamp.init(rawValue:)))
    }
    let runtimes = try Row.fetchAll(
      database,
      sql: """
        SELECT v.runtime_count, v.runtime_mean FROM array a JOIN template_version v ON v.id = a.template_version_id
        WHERE a.workflow_id = ? ORDER BY a.place
        """, arguments: [scope.id])
    tally.runtimes = runtimes.map { (count: $0[0] as Int, seconds: ($0[0] as Double) * ($0[1] as Double)) }
    return tally
  }

  private func failures(_ instances: [TaskInstanceID], _ database: Database) throws
    -> [(task: FailedTask, attempt: Int, willRetry: Bool)]
  {
    if instances.isEmpty { return [] }
    let list = instances.map(String.init).joined(separator: ",")
    return try AttemptReader(store, scope).rows("i.id IN (\(list)) ORDER BY i.id", [], database).map {
      found in
      let command = try self.command(of: found.task, database)
      return (found.failure(command), found.attempt.attempt, found.attempt.isRetry)
    }
  }

  private func command(of task: TaskID, _ database: Database) throws -> String? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT command, array, arguments FROM task JOIN task_definition USING (id) WHERE id = ?",
      arguments: [task])
    guard let row else { return nil }
    if let given: String = row[0] { return given }
    let values = try row.withUnsafeData(atIndex: 2) { bytes in
      (bytes ?? Data()).withUnsafeBytes { Packing.unpackTexts($0) }
    }
    return definitions[row[1]].render(values)
  }

  private func templateLimits(_ database: Database) throws -> [Int?] {
    try Row.fetchAll(
      database, sql: "SELECT max_concurrently_running FROM array WHERE workflow_id = ? ORDER BY place",
      arguments: [scope.id]
    ).map { $0[0] }
  }

  /// FATAL tasks with their last attempts.
  ///
  /// - Parameter limit: maximum number of tasks.
  public func failedTasks(limit: Int) throws -> [FailedTask] {
    try store.read { database in
      let tasks = try TaskID.fetchAll(
        database, sql: "SELECT id FROM task WHERE id >= ? AND id < ? AND status = 'F' ORDER BY id LIMIT ?",
        arguments: [scope.tasks.lowerBound, scope.tasks.upperBound, limit])
      let reader = AttemptReader(store, scope)
      return try tasks.compactMap { task in
        try reader.rows("i.task_id = ? ORDER BY i.id DESC LIMIT 1", [task], database).first?.failure(nil)
      }
    }
  }
}

extension AttemptReader.Found {
  fileprivate func failure(_ command: String?) -> FailedTask {
    let files = attempt.logFiles
    return FailedTask(
      taskID: task, name: name, attempts: attempt.attempt,
      reason: attempt.reason ?? attempt.cause?.word ?? "failed",
      cause: attempt.cause?.word, exitCode: attempt.exitCode, signal: attempt.signal, stdout: files.stdout,
      stderr: files.stderr, stderrTail: files.stderr.flatMap { LogFiles.tail(of: $0) }, command: command)
  }
}
