import GRDB
import JobmonModel

/// One run of a workflow in the list of its runs (`workflow runs`).
public struct RunRow: Hashable, ListedRow {
  /// The run's id in the store.
  public var id: WorkflowRunID
  /// Its status; if its driver is dead or silent, the last known status.
  public var status: WorkflowRunStatus
  /// The cluster with which it was started.
  public var cluster: String
  /// The user who started it.
  public var user: String
  /// The host of its driver.
  public var host: String
  /// When it started.
  public var started: Timestamp
  /// When it ended; nil if it has not ended, or if its driver died.
  public var ended: Timestamp?
  /// Seconds from its start to its end, or to now; nil if its driver is dead or silent.
  public var seconds: Double?
  /// The number of tasks that became DONE in this run.
  public var tasksDone: Int
  /// What ended it, as text for the user; nil if it has not ended.
  public var endedBy: String?
  /// The state of its driver if the driver is dead or silent; nil otherwise.
  public var driver: DriverState?

  /// The JSON keys, in order; the first 9 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "run_id"
    case status, cluster, user, host, started, duration
    case tasksDone = "tasks_done"
    case endedBy = "ended_by"
    case seconds = "duration_seconds"
    case ended, driver
  }

  /// The keys up to `ended_by` are columns; the others are for programs.
  public static var columnCount: Int { 9 }

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] { [.host, .user, .cluster, .endedBy, .tasksDone] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(status.rawValue), .string(cluster), .string(user), .string(host),
      JSONValue(started), JSONValue(seconds.map(SpanText.text)), JSONValue(tasksDone), JSONValue(endedBy),
      JSONValue(seconds), JSONValue(ended), JSONValue(driver?.words),
    ]
  }

  /// A row of a table: if the driver is dead or silent, the status includes this.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[1] = .string(driver.annotating(status.rawValue))
    return shown
  }
}

extension SQLiteStore {
  /// The runs of a workflow, newest first.
  ///
  /// - Parameter limit: maximum number of rows; nil means all.
  /// - Throws: ``StoreError/notFound(_:)``
  public func runs(of workflow: WorkflowID, limit: Int? = nil) throws -> [RunRow] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let holder = try WorkflowRunID.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ?", arguments: [workflow])
      let driver = try Self.driver(of: workflow, database)
      // One query over all instances is sufficient, because there are few runs.
      var done: [WorkflowRunID: Int] = [:]
      let counts = try Row.fetchCursor(
        database,
        sql: """
          SELECT run_id, count(DISTINCT task_id) FROM instance
          WHERE task_id >= ? AND task_id < ? AND status = 'DONE' GROUP BY run_id
          """, arguments: [scope.tasks.lowerBound, scope.tasks.upperBound])
      while let row = try counts.next() { done[row[0]] = row[1] }
      let now = Timestamp.now
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, status, cluster, user, driver, started, ended, ending FROM run
          WHERE workflow_id = ? ORDER BY id DESC LIMIT \(limit ?? -1)
          """, arguments: [workflow])
      return try rows.map { row in
        let id: WorkflowRunID = row[0]
        let started = Timestamp(rawValue: row[5])
        let ended = (row[6] as Int64?).map(Timestamp.init(rawValue:))
        let state = id == holder ? driver.ifNotable : nil
        // The time of a driver's death is unknown. The last sign of life is part of its state.
        let last = ended ?? (id == holder && state == nil ? now : nil)
        return RunRow(
          id: id, status: try stored(row[1]), cluster: row[2], user: row[3],
          host: try StoredJSON.value(DriverRecord.self, row[4]).host, started: started, ended: ended,
          seconds: last.map { Double($0.rawValue - started.rawValue) / 1000 }, tasksDone: done[id] ?? 0,
          endedBy: try (row[7] as String?).map {
            Self.words(try StoredJSON.value(RunEnding.self, $0), row[1])
          },
          driver: state)
      }
    }
  }

  /// What ended a run, from its ending and its status.
  private static func words(_ ending: RunEnding, _ status: String) -> String {
    ending.words
      ?? (status == WorkflowRunStatus.done.rawValue
        ? "all tasks are done" : "none of the remaining tasks can run")
  }
}
