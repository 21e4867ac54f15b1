import JobmonModel

/// An attempt in a change.
public struct ChangedAttempt: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The id of the attempt's task.
  public var task: TaskID
  /// The attempt number, from 1 in each run; 0 if the change does not contain it.
  public var attempt: Int

  /// An attempt in a change. Without `attempt`, its attempt number is not known.
  public init(instance: TaskInstanceID, task: TaskID, attempt: Int = 0) {
    self.instance = instance
    self.task = task
    self.attempt = attempt
  }
}
