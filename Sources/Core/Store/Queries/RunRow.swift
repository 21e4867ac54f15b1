import GRDB
import JobmonModel

/// One run of a workflow in the list of its runs (`workflow runs`).
public struct RunRow: Hashable, ListedRow {
  /// The run's key in the store.
  public var id: WorkflowRunID
  /// Its state; while a driver is dead or silent, as that driver has left it.
  public var status: WorkflowRunStatus
  /// The cluster that it was started on.
  public var cluster: String
  /// Who started it.
  public var user: String
  /// The host that its driver runs on.
  public var host: String
  /// When it started.
  public var started: Timestamp
  /// When it ended; nil while it has not, or where its driver died.
  public var ended: Timestamp?
  /// Seconds from its start to its end, or to now; nil where its driver died.
  public var seconds: Double?
  /// Tasks that became DONE in it.
  public var tasksDone: Int
  /// What ended it, for a person; nil while it has not ended.
  public var endedBy: String?
  /// That its driver is dead or silent; nil where there is nothing to tell.
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

  /// The keys up to `ended_by` are columns; those after it are for programs.
  public static var columnCount: Int { 9 }

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.host, .user, .cluster, .endedBy, .tasksDone] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(status.rawValue), .string(cluster), .string(user), .string(host),
      JSONValue(started), JSONValue(seconds.map(SpanText.text)), JSONValue(tasksDone), JSONValue(endedBy),
      JSONValue(seconds), JSONValue(ended), JSONValue(driver?.words),
    ]
  }

  /// A table's row: where the driver is dead or silent, the status says so.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[1] = .string(driver.annotating(status.rawValue))
    return shown
  }
}

extension SQLiteStore {
  /// The runs of a workflow, newest first.
  ///
  /// - Parameter limit: the most rows; nil is all.
  /// - Throws: ``StoreError/notFound(_:)``
  public func runs(of workflow: WorkflowID, limit: Int? = nil) throws -> [RunRow] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let holder = try WorkflowRunID.fetchOne(
        database, sql: "SELECT holder FROM workflow WHERE id = ?", arguments: [workflow])
      let driver = try Self.driver(of: workflow, database)
      // One look at all instances: runs are few.
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
        // Nobody knows when a driver died; its last sign of life is told with its state.
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

  /// What ended a run; `status` is that of the run.
  private static func words(_ ending: RunEnding, _ status: String) -> String {
    ending.words
      ?? (status == WorkflowRunStatus.done.rawValue ? "all tasks are done" : "no task is left that can run")
  }
}
