import JobmonModel

/// An attempt of a task, as one of a batch.
public struct AttemptRecord: Hashable, Codable, Sendable {
  /// The attempt's id, from a block that ``Store/reserveInstanceIDs(_:)`` gave.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// Index in the batch.
  public var index: Int
  /// From 1 in each run.
  public var attempt: Int
  /// What the task was before.
  public var from: TaskStatus

  /// An attempt that is about to be submitted.
  public init(instance: TaskInstanceID, task: TaskIndex, index: Int, attempt: Int, from: TaskStatus) {
    self.instance = instance
    self.task = task
    self.index = index
    self.attempt = attempt
    self.from = from
  }
}
