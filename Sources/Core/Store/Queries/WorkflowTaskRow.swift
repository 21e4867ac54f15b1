import JobmonModel

/// One task in the list of a workflow's tasks (`workflow_tasks`).
public struct WorkflowTaskRow: Hashable, Codable, ListedRow {
  /// The task's key in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// Its state as people see it; while a driver is dead or silent, as that driver has left it.
  public var status: TaskWord
  /// Retries in all runs.
  public var retries: Int
  /// Of a task that is in the cluster: that its driver is dead or silent; nil where there is nothing to tell.
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

  /// A table's row: where the driver is dead or silent, the status says so.
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
