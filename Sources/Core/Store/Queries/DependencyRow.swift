import JobmonModel

/// A direct upstream or downstream of a task (`task_dependencies`).
public struct DependencyRow: Hashable, Codable, ListedRow {
  /// The side on which this row's task is, as seen from the given task.
  public enum Direction: String, Hashable, Codable, Sendable {
    /// The given task waits for it.
    case upstream = "UPSTREAM"
    /// It waits for the given task.
    case downstream = "DOWNSTREAM"
  }

  /// Whether it is an upstream or a downstream of the given task.
  public var direction: Direction
  /// Its task id.
  public var id: TaskID
  /// Its name.
  public var name: String
  /// Its displayed status.
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
