import JobmonModel

/// An attempt of a task in a batch.
public struct AttemptRecord: Hashable, Codable, Sendable {
  /// The attempt's id, reserved by ``Store/reserveInstanceIDs(_:)``.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// The attempt's index in the batch.
  public var index: Int
  /// The attempt number, from 1 in each run.
  public var attempt: Int
  /// The task's previous state.
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
