import JobmonModel

/// An attempt that the executor has accepted.
public struct LaunchRecord: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex

  /// An accepted attempt.
  public init(instance: TaskInstanceID, task: TaskIndex) {
    self.instance = instance
    self.task = task
  }
}
