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

/// A task next to another in the DAG.
public struct DependencyRow: Hashable, Sendable {
  public enum Direction: String, Hashable, Codable, Sendable {
    case upstream = "UPSTREAM"
    case downstream = "DOWNSTREAM"
  }

  public var direction: Direction
  public var task: TaskRow
}
