import JobmonModel

/// Which tasks of a workflow a listing shows; what is left empty restricts nothing.
public struct TaskFilter: Hashable, Sendable {
  public var words: Set<TaskWord>
  /// The name of a template.
  public var template: String?
  /// A task's name, whole.
  public var name: String?
  /// The most rows; nil is all.
  public var limit: Int?

  public init(words: Set<TaskWord> = [], template: String? = nil, name: String? = nil, limit: Int? = nil) {
    self.words = words
    self.template = template
    self.name = name
    self.limit = limit
  }
}

/// One task as people see it.
public struct TaskRow: Hashable, Sendable {
  public var id: TaskID
  public var name: String
  public var template: String
  public var status: TaskWord
  /// Retries in all runs.
  public var retries: Int
}

/// One task in the list of a workflow's tasks (`workflow_tasks`).
public struct WorkflowTaskRow: Hashable, Codable, ListedRow {
  public var id: TaskID
  public var name: String
  public var status: TaskWord
  /// Retries in all runs.
  public var retries: Int
  /// Of a task that is in the cluster: that its driver is dead or silent; nil where there is nothing to tell.
  public var driver: DriverState?

  public enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case status, retries, driver
  }

  public static var columnCount: Int { 4 }

  public var values: [JSONValue] {
    [
      .integer(id), .string(name), .string(status.rawValue), JSONValue(retries), JSONValue(driver?.words),
    ]
  }

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
  public enum Direction: String, Hashable, Codable, Sendable {
    case upstream = "UPSTREAM"
    case downstream = "DOWNSTREAM"
  }

  public var direction: Direction
  public var id: TaskID
  public var name: String
  public var status: TaskWord

  public enum CodingKeys: String, CodingKey, CaseIterable {
    case direction
    case id = "task_id"
    case name = "task_name"
    case status
  }

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
