import JobmonModel

/// One change of the history, as the engine decides it and the store commits it.
public enum Transition: Hashable, Codable, Sendable {
  /// A batch and its token, before the executor is told of it.
  indirect case batch(BatchRecord)
  /// Attempts of a batch; their tasks become `instantiated`.
  case instantiated(batch: String, [AttemptRecord], at: Timestamp)
  /// The executor has accepted these instances of a batch.
  case launched(batch: String, [LaunchRecord], handle: String?, at: Timestamp)
  /// The attempt's command has started, on this node (nil where that is not known), at this time by the wall clock.
  case started(TaskInstanceID, TaskIndex, node: String?, at: Timestamp)
  /// An attempt has ended, and its task goes on to `taskStatus`. Large payloads stand in boxes: transitions are
  /// handed on several times.
  indirect case ended(EndRecord)
  /// Figures that arrived after the end.
  case usage(TaskInstanceID, ResourceUsage)
  /// Tasks that change without an attempt: FATAL because no queue takes them, say.
  case tasks([TaskIndex], from: TaskStatus, to: TaskStatus, why: ChangeReason, at: Timestamp)
  /// Earlier runs' instances that this run has adopted.
  case adopted([TaskInstanceID])
  /// Why the cluster does not run these instances yet, in its own words: no change of a status, and not of the history.
  case waiting([TaskInstanceID], reason: String)
}

extension Transition {
  /// How many numbers of the history's `seq` it takes: one for each status that changes, at least one.
  public var changeCount: Int {
    switch self {
    case .instantiated(_, let attempts, _): max(1, attempts.count)
    case .launched(_, let instances, _, _): max(1, instances.count)
    // The instance's, and its task's.
    case .started, .ended: 2
    case .tasks(let tasks, _, _, _, _): max(1, tasks.count)
    case .batch, .usage, .adopted, .waiting: 1
    }
  }
}

/// Tasks that are submitted together.
public struct BatchRecord: Hashable, Codable, Sendable {
  /// The batch's name for the cluster: unique for all time, and not used again by a later run.
  public var token: String
  /// The name of the cluster that it is submitted to.
  public var cluster: String
  /// Index in ``WorkflowDefinition/templates``.
  public var template: Int
  /// What each of its tasks asks for: the same for all.
  public var request: ResourceRequest
  /// Whether attempts may be added to it later: the core places them one by one.
  public var staysOpen: Bool

  /// A batch; attempts are added by ``Transition/instantiated(batch:_:at:)``.
  public init(
    token: String, cluster: String, template: Int, request: ResourceRequest, staysOpen: Bool = false
  ) {
    self.staysOpen = staysOpen
    self.token = token
    self.cluster = cluster
    self.template = template
    self.request = request
  }
}

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

/// An attempt that the executor has accepted.
public struct LaunchRecord: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex

  /// An attempt that was accepted.
  public init(instance: TaskInstanceID, task: TaskIndex) {
    self.instance = instance
    self.task = task
  }
}

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
