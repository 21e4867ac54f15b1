import JobmonModel

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
