import JobmonModel

/// An attempt of which a change speaks.
public struct ChangedAttempt: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The id of its task.
  public var task: TaskID
  /// From 1 in each run; 0 where the change does not say.
  public var attempt: Int

  /// An attempt that a change names; without `attempt` the change does not say which one of its task it is.
  public init(instance: TaskInstanceID, task: TaskID, attempt: Int = 0) {
    self.instance = instance
    self.task = task
    self.attempt = attempt
  }
}
