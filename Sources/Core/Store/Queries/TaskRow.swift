import JobmonModel

/// Which tasks of a workflow a listing shows; what is left empty restricts nothing.
public struct TaskFilter: Hashable, Sendable {
  /// The states that are shown; empty: all.
  public var words: Set<TaskWord>
  /// The name of a template.
  public var template: String?
  /// A task's name, whole.
  public var name: String?
  /// The most rows; nil is all.
  public var limit: Int?

  /// A filter that restricts nothing, but for what is given.
  public init(words: Set<TaskWord> = [], template: String? = nil, name: String? = nil, limit: Int? = nil) {
    self.words = words
    self.template = template
    self.name = name
    self.limit = limit
  }
}

/// One task as people see it.
public struct TaskRow: Hashable, Sendable {
  /// The task's key in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// The name of the template that it was made from.
  public var template: String
  /// Its state as people see it; where an attempt is open, that of the attempt.
  public var status: TaskWord
  /// Retries in all runs.
  public var retries: Int
}

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
    [.integer(id), .string(name), .string(driver.told(status.rawValue)), JSONValue(retries)]
  }

  init(_ task: TaskRow, driver: DriverState) {
    id = task.id
    name = task.name
    status = task.status
    retries = task.retries
    // What is in the cluster is as the driver has left it.
    self.driver = status == .running || status == .scheduled ? driver.toTell : nil
  }
}

/// A task next to another in the DAG (`task_dependencies`).
public struct DependencyRow: Hashable, Codable, ListedRow {
  /// On which side of the task that was asked for the other one is.
  public enum Direction: String, Hashable, Codable, Sendable {
    /// The task waits for it.
    case upstream = "UPSTREAM"
    /// It waits for the task.
    case downstream = "DOWNSTREAM"
  }

  /// Whether the task waits for this one, or this one for the task.
  public var direction: Direction
  /// The neighbour's key in the store.
  public var id: TaskID
  /// The neighbour's name.
  public var name: String
  /// The neighbour's state as people see it.
  public var status: TaskWord

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case direction
    case id = "task_id"
    case name = "task_name"
    case status
  }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [.string(direction.rawValue), .integer(id), .string(name), .string(status.rawValue)]
  }

  init(_ direction: Direction, _ task: TaskRow) {
    self.direction = direction
    id = task.id
    name = task.name
    status = task.status
  }
}
