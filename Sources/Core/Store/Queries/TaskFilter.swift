import JobmonModel

/// Which tasks of a workflow a listing shows; what is left empty restricts nothing.
public struct TaskFilter: Hashable, Sendable {
  /// The states that are shown; empty: all.
  public var words: Set<TaskWord>
  /// The name of a template; `*` and `?` stand for what they stand for in file names.
  public var template: String?
  /// A task's name; `*` and `?` stand for what they stand for in file names.
  public var name: String?
  /// The node of the last attempt; `*` and `?` stand for what they stand for in file names.
  public var node: String?
  /// Seconds that the last attempt took, or has taken so far, at least.
  public var longerThan: Double?
  /// All of these must be there with these values: attributes of the definition, and those that the command wrote.
  public var attributes: [String: String] = [:]
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
