import JobmonModel

/// How an attempt has ended, and what its task becomes.
public struct EndRecord: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// The number of the attempt, from 1 in each run.
  public var attempt: Int
  /// How it ended, and what it used.
  public var outcome: Outcome
  /// How the attempt itself is kept; always a final status.
  public var instanceStatus: TaskInstanceStatus
  /// What the task was before.
  public var from: TaskStatus
  /// What the task is then; `registering` again after an attempt that does not count.
  public var taskStatus: TaskStatus
  /// What follows, where the attempt has failed; nil for a success, and for what we ended ourselves.
  public var followUp: FollowUp?
  /// What the next attempt will ask for, where that changes.
  public var nextRequest: ResourceRequest?
  /// When the engine heard of it, by the wall clock; the end itself where ``outcome`` has no time of it.
  public var at: Timestamp
  /// What the command wrote to the file `$JOBMON_ATTRIBUTES`, if anything.
  public var attributes: [String: String]?

  /// Whether the task will be tried again after a failure of its own or of the cluster's.
  public var isRetry: Bool { followUp?.isRetry ?? false }

  /// The end of an attempt; ``attributes`` are set later, where its command has written any.
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
