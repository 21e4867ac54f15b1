import JobmonModel

/// One workflow with the number of its tasks by displayed status (`workflow_status`).
public struct WorkflowRow: Hashable, Codable, ListedRow {
  /// The workflow's id in the store.
  public var id: WorkflowID
  /// The workflow's name; not unique.
  public var name: String
  /// The status of the workflow.
  public var status: WorkflowStatus
  /// When it was bound.
  public var created: Timestamp
  /// The number of its tasks: the sum of the five counts below.
  public var tasks: Int
  /// Tasks that wait for other tasks, for a limit, for a free slot, or for their next attempt.
  public var pending: Int
  /// Tasks that the cluster has accepted but not started.
  public var scheduled: Int
  /// Tasks whose commands are running.
  public var running: Int
  /// DONE tasks.
  public var done: Int
  /// FATAL tasks.
  public var fatal: Int
  /// The number of retries of its tasks in all runs.
  public var retries: Int
  /// The state of its driver if the driver is dead or silent; nil otherwise.
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

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] { [.retries, .scheduled, .created, .pending, .fatal] }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(status.rawValue), JSONValue(created), JSONValue(tasks),
      JSONValue(pending), JSONValue(scheduled), JSONValue(running), JSONValue(done), JSONValue(fatal),
      JSONValue(retries), JSONValue(driver?.words),
    ]
  }

  /// A row of a table: if the driver is dead or silent, the status includes this.
  public var shown: [JSONValue] {
    var shown = Array(values.prefix(Self.columnCount))
    shown[2] = .string(driver.annotating(status.rawValue))
    return shown
  }
}
