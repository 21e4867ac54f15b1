import JobmonModel

/// One workflow with the counts of its tasks by what people see (`workflow_status`).
public struct WorkflowRow: Hashable, Codable, ListedRow {
  /// The workflow's key in the store.
  public var id: WorkflowID
  /// The workflow's name; others may have the same.
  public var name: String
  /// Where the workflow is in its life.
  public var status: WorkflowStatus
  /// When it was bound.
  public var created: Timestamp
  /// How many tasks it has: the sum of the five counts below.
  public var tasks: Int
  /// Tasks that wait: for other tasks, for a limit, for a free slot, or for their next attempt.
  public var pending: Int
  /// Tasks that the cluster has accepted and not started.
  public var scheduled: Int
  /// Tasks whose commands run.
  public var running: Int
  /// Tasks that are done.
  public var done: Int
  /// Tasks that have failed for good.
  public var fatal: Int
  /// Retries of all its tasks in all its runs.
  public var retries: Int
  /// That its driver is dead or silent; nil where there is nothing to tell.
  public var driver: DriverState?

  /// The JSON keys, in order; the first 11 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "wf_id"
    case name = "wf_name"
    case status = "wf_status"
    case created = "created_date"
    case tasks, pending, scheduled, running, done, fatal, retries, driver
  }

  /// All keys but `driver` are columns; a table shows the driver with the status.
  public static var columnCount: Int { 11 }

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] { [.retries, .scheduled, .created, .pending, .fatal] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(status.rawValue), JSONValue(created), JSONValue(tasks),
      JSONValue(pending), JSONValue(scheduled), JSONValue(running), JSONValue(done), JSONValue(fatal),
      JSONValue(retries), JSONValue(driver?.words),
    ]
  }

  /// A table's row: where the driver is dead or silent, the status says so.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[2] = .string(driver.annotating(status.rawValue))
    return shown
  }
}
