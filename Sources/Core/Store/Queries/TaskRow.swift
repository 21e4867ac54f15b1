import JobmonModel

/// One task with its displayed status.
public struct TaskRow: Hashable, Sendable {
  /// The task's id in the store.
  public var id: TaskID
  /// The task's name.
  public var name: String
  /// The name of its template.
  public var template: String
  /// Its displayed status; that of its open attempt if it has one.
  public var status: TaskWord
  /// The number of retries in all runs.
  public var retries: Int
}
