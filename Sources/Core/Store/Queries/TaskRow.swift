import JobmonModel

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
