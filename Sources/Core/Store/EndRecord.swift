import JobmonModel

/// The end of an attempt, with the new state of its task.
public struct EndRecord: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// The number of the attempt, from 1 in each run.
  public var attempt: Int
  /// The outcome, including the used resources.
  public var outcome: Outcome
  /// The stored status of the attempt; always a final status.
  public var instanceStatus: TaskInstanceStatus
  /// The task's previous state.
  public var from: TaskStatus
  /// The task's new state; `registering` after an attempt that does not count.
  public var taskStatus: TaskStatus
  /// What follows if the attempt has failed; nil for a success, and for an attempt that jobmon cancelled.
  public var followUp: FollowUp?
  /// The request of the next attempt; nil if it does not change.
  public var nextRequest: ResourceRequest?
  /// When the engine received the end, by the wall clock. It is stored as the time of the end if ``outcome`` has none.
  public var at: Timestamp
  /// The attributes that the command wrote to the file `$JOBMON_ATTRIBUTES`, if any.
  public var attributes: [String: String]?

  /// Whether another attempt follows that counts as a retry.
  public var isRetry: Bool { followUp?.isRetry ?? false }

  /// The end of an attempt. ``attributes`` are set later if its command has written any.
  public init(
    instance: TaskInstanceID, task: TaskIndex, attempt: Int, outcome: Outcome,
    instanceStatus: TaskInstanceStatus,
    from: TaskStatus, taskStatus: TaskStatus, followUp: FollowUp? = nil, nextRequest: ResourceRequest? = nil,
    at: Timestamp
  ) {
    self.instance = instance
    self.task = task
    self.attempt = attempt
    self.outcome = outcome
    self.instanceStatus = instanceStatus
    self.from = from
    self.taskStatus = taskStatus
    self.followUp = followUp
    self.nextRequest = nextRequest
    self.at = at
  }
}
