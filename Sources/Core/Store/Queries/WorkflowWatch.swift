import Foundation
import GRDB

/// Follows a workflow from outside its driver: reads what has been committed, again and again, at a cost that goes with
/// what has changed and not with the size of the workflow.
public final class WorkflowWatch {
  /// The workflow at one moment, with what has happened since the one before.
  public struct Moment: Sendable {
    public var status: WorkflowStatus
    public var progress: RunProgress
    /// The run that holds the workflow; nil where none does.
    public var holder: LeaseHolder?
    public var driver: DriverState
    /// Attempts that have failed since the last look, oldest first, each with whether another follows.
    public var failures: [(task: FailedTask, attempt: Int, willRetry: Bool)]
  }

  private let store: SQLiteStore
  private let place: WorkflowPlace
  private let definitions: [TaskTemplate]
  public let name: String
  public let workflowArgs: String
  public var templates: [String] { place.templates }
  public var tasksTotal: Int { place.taskCount }
  /// Where its commands run.
  public var workingDirectory: String { place.workingDirectory }

  private var counts: [RunProgress.Counts] = []
  private var runtimes: [(count: Int, seconds: Double)] = []
  /// Instances that had no end at the last look.
  private var open: Set<TaskInstanceID> = []
  private var lastInstance: TaskInstanceID = 0
  private var lastChange: Int64 = 0
  private var dataVersion: Int64?

  /// - Throws: ``StoreError/notFound(_:)``
  public init(_ store: SQLiteStore, _ workflow: WorkflowID) throws {
    self.store = store
    let (place, definitions, name, arguments) = try store.read { database in
      let place = try WorkflowPlace(workflow, database)
      let row = try Row.fetchOne(
        database, sql: "SELECT name, workflow_args FROM workflow WHERE id = ?", arguments: [workflow])!
      let definitions = try SQLiteStore.templates(of: workflow, database)
      return (place, definitions, row[0] as String, row[1] as String)
    }
    self.place = place
    self.definitions = definitions
    self.name = name
    workflowArgs = arguments
  }

  /// - Returns: nil where nothing has been committed since the last look.
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
          SELECT w.status, w.holder, w.max_concurrently_running, p.done, p.fatal,
            EXISTS (SELECT 1 FROM change WHERE workflow_id = w.id AND seq > :seen AND kind = 'task'),
            (SELECT max(started) FROM run WHERE workflow_id = w.id), p.retries,
            (SELECT seq FROM progress WHERE workflow_id = 0)
          FROM workflow w JOIN progress p ON p.workflow_id = w.id WHERE w.id = :workflow
          """), arguments: ["seen": lastChange, "workflow": place.id])
    guard let row else { throw StoreError.notFound("workflow \(place.id)") }
    var failures: [(task: FailedTask, attempt: Int, willRetry: Bool)] = []
    if counts.isEmpty {
      try count(database)
      try follow(database)
    } else {
      failures = try follow(database)
      let sums = counts.reduce(into: (done: 0, fatal: 0)) { $0 = ($0.done + $1.done, $0.fatal + $1.fatal) }
      // Somebody set tasks by hand, or they failed without an attempt.
      if row[5] || sums != (row[3], row[4]) { try count(database) }
    }
    lastChange = row[8]
    let holder = try (row[1] as Int64?).map { try SQLiteStore.holder($0, database) }
    var progress = RunProgress(
      templates: try withOpen(counts, database), retries: row[7],
      elapsed: (row[6] as Int64?).map { max(0, Timestamp.now.rawValue - $0) } ?? 0)
    progress.workflowLimit = row[2]
    progress.templateLimits = try templateLimits(database)
    progress.runtimes = runtimes.map { $0.count > 0 ? Float($0.seconds / Double($0.count)) : nil }
    return Moment(
      status: try store.stored(row[0]), progress: progress, holder: holder,
      driver: try SQLiteStore.driver(of: place.id, database),
      failures: failures)
  }

  /// Counts every task: at the first look, and where the tallies say that something was missed.
  private func count(_ database: Database) throws {
    counts = Array(repeating: RunProgress.Counts(), count: place.templates.count)
    let rows = try Row.fetchCursor(
      database,
      sql: "SELECT array, status, count(*) FROM task WHERE id >= ? AND id < ? GROUP BY array, status",
      arguments: [place.tasks.lowerBound, place.tasks.upperBound])
    while let row = try rows.next() {
      let (array, number): (Int, Int) = (row[0], row[2])
      switch row[1] as String {
      case TaskStatus.done.rawValue: counts[array].done += number
      case TaskStatus.fatal.rawValue: counts[array].fatal += number
      default: counts[array].pending += number
      }
    }
    guard runtimes.isEmpty else { return }
    runtimes = try Row.fetchAll(
      database,
      sql: """
        SELECT v.runtime_count, v.runtime_mean FROM array a JOIN template_version v ON v.id = a.template_version_id
        WHERE a.workflow_id = ? ORDER BY a.place
        """, arguments: [place.id]
    ).map { (count: $0[0] as Int, seconds: ($0[0] as Double) * ($0[1] as Double)) }
  }

  /// Takes note of the instances that were open at the last look or have been made since.
  @discardableResult
  private func follow(_ database: Database) throws
    -> [(task: FailedTask, attempt: Int, willRetry: Bool)]
  {
    var failures: [(task: FailedTask, attempt: Int, willRetry: Bool)] = []
    let isFirst = lastInstance == 0
    let ids = "[" + open.map(String.init).joined(separator: ",") + "]"
    // At the first look, what has ended is counted already.
    let wanted =
      isFirst
      ? "SELECT id FROM instance WHERE workflow_id = :workflow AND is_open"
      : "SELECT value AS id FROM json_each(:open) UNION SELECT id FROM instance WHERE id > :last"
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT i.id, t.array, i.status, i.is_open, t.status, i.wall, i.task_id, i.is_retry
          FROM (\(wanted)) wanted CROSS JOIN instance i ON i.id = wanted.id CROSS JOIN task t ON t.id = i.task_id
          WHERE i.workflow_id = :workflow ORDER BY i.id
          """),
      arguments: isFirst
        ? ["workflow": place.id] : ["workflow": place.id, "last": lastInstance, "open": ids])
    var nowOpen: Set<TaskInstanceID> = []
    var failed: [TaskInstanceID] = []
    while let row = try rows.next() {
      let (id, array): (TaskInstanceID, Int) = (row[0], row[1])
      lastInstance = max(lastInstance, id)
      if row[3] {
        nowOpen.insert(id)
        continue
      }
      let status: TaskInstanceStatus = try store.stored(row[2])
      switch status {
      case .done:
        counts[array].pending -= 1
        counts[array].done += 1
        if let wall = ResourceUsage.seconds(row[5]) {
          runtimes[array].count += 1
          runtimes[array].seconds += wall
        }
      case .killed: break
      default:
        failed.append(id)
        if !(row[7] as Bool), row[4] as String == TaskStatus.fatal.rawValue {
          counts[array].pending -= 1
          counts[array].fatal += 1
        }
      }
    }
    if isFirst {
      let newest = try TaskInstanceID.fetchOne(database, sql: "SELECT max(id) FROM instance") ?? 0
      lastInstance = max(1, newest)
    }
    open = nowOpen
    if failed.isEmpty { return [] }
    let list = failed.map(String.init).joined(separator: ",")
    for found in try AttemptReader(store, place).rows("i.id IN (\(list)) ORDER BY i.id", [], database) {
      let command = try self.command(of: found.task, database)
      failures.append((found.failure(command), found.attempt.attempt, found.attempt.isRetry))
    }
    return failures
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

  /// With what the cluster has of them now.
  private func withOpen(_ counts: [RunProgress.Counts], _ database: Database) throws -> [RunProgress.Counts] {
    var counts = counts
    let rows = try Row.fetchCursor(
      database.cachedStatement(
        sql: """
          SELECT t.array, i.status, count(*) FROM instance i CROSS JOIN task t ON t.id = i.task_id
          WHERE i.workflow_id = ? AND i.is_open AND t.status NOT IN ('D', 'F') GROUP BY t.array, i.status
          """), arguments: [place.id])
    while let row = try rows.next() {
      let (array, number): (Int, Int) = (row[0], row[2])
      switch TaskStatus(open: try store.stored(row[1])).word {
      case .scheduled: counts[array].scheduled += number
      case .running: counts[array].running += number
      default: continue
      }
      counts[array].pending -= number
    }
    return counts
  }

  private func templateLimits(_ database: Database) throws -> [Int?] {
    try Row.fetchAll(
      database, sql: "SELECT max_concurrently_running FROM array WHERE workflow_id = ? ORDER BY place",
      arguments: [place.id]
    ).map { $0[0] }
  }

  /// Tasks that have failed for good, with their last attempt; at most `limit`.
  public func failedTasks(limit: Int) throws -> [FailedTask] {
    try store.read { database in
      let tasks = try TaskID.fetchAll(
        database, sql: "SELECT id FROM task WHERE id >= ? AND id < ? AND status = 'F' ORDER BY id LIMIT ?",
        arguments: [place.tasks.lowerBound, place.tasks.upperBound, limit])
      let reader = AttemptReader(store, place)
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
      reason: attempt.reason ?? attempt.cause ?? "failed",
      cause: attempt.cause, exitCode: attempt.exitCode, signal: attempt.signal, stdout: files.stdout,
      stderr: files.stderr, stderrTail: files.stderr.flatMap { TaskTexts.tail(of: $0) }, command: command)
  }
}
