import JobmonModel

/// The tasks of a workflow that a listing shows. Empty conditions match all tasks.
public struct TaskFilter: Hashable, Sendable {
  /// The displayed statuses; empty means all.
  public var words: Set<TaskWord>
  /// A template's name; `*` and `?` are wildcards, as in file names.
  public var template: String?
  /// A task's name; `*` and `?` are wildcards, as in file names.
  public var name: String?
  /// The node of the last attempt; `*` and `?` are wildcards, as in file names.
  public var node: String?
  /// Minimum duration of the last attempt in seconds, up to now if it has not ended.
  public var longerThan: Double?
  /// Attributes that a task must have with these values: those of the definition, and those that the command wrote.
  public var attributes: [String: String] = [:]
  /// Maximum number of rows; nil means all.
  public var limit: Int?

  /// A filter with these conditions. Without arguments it matches all tasks.
  public init(words: Set<TaskWord> = [], template: String? = nil, name: String? = nil, limit: Int? = nil) {
    self.words = words
    self.template = template
    self.name = name
    self.limit = limit
  }
}
