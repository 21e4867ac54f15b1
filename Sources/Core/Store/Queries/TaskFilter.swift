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
