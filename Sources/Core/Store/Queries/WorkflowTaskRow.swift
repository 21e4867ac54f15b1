import JobmonModel

/// One task in the list of a workflow's tasks (`workflow_tasks`).
public struct WorkflowTaskRow: Hashable, Codable, ListedRow {
  /// The task's id in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// Its displayed status; if its driver is dead or silent, the last known status.
  public var status: TaskWord
  /// The number of retries in all runs.
  public var retries: Int
  /// The state of the driver if the task is in the cluster and the driver is dead or silent; nil otherwise.
  public var driver: DriverState?

  /// The JSON keys, in order; the first 4 are the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case status, retries, driver
  }

  /// All keys but `driver` are columns; a table shows the driver with the status.
  public static var columnCount: Int { 4 }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(status.rawValue), JSONValue(retries), JSONValue(driver?.words),
    ]
  }

  /// A row of a table: if the driver is dead or silent, the status includes this.
  public var shown: [JSONValue] {
    [.integer(id), .string(name), .string(driver.annotating(status.rawValue)), JSONValue(retries)]
  }

  init(_ task: TaskRow, driver: DriverState) {
    id = task.id
    name = task.name
    status = task.status
    retries = task.retries
    self.driver = driver.ifNotable(for: status)
  }
}
