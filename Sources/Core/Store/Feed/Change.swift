import JobmonModel

/// One change that was committed, as the feed of the store tells it: ``SQLiteStore/changes(after:of:limit:)``.
///
/// What a batch changes together is one change, and takes a `seq` for each of its attempts. ``events`` gives the single
/// steps.
public struct Change: Hashable, Codable, Sendable {
  /// Of its first step. Rises through the whole store; a number is used once, and not every number is used.
  public var seq: Int64
  /// When it happened, by the wall clock of the host that committed it.
  public var time: Timestamp
  /// The workflow that it belongs to.
  public var workflow: WorkflowID
  /// The run that has made the change; nil where none has.
  public var run: WorkflowRunID?
  /// The user who has made the change; nil where the run has.
  public var user: String?
  /// What has changed, with the payload of its kind.
  public var what: What

  /// What has changed.
  public enum What: Hashable, Codable, Sendable {
    /// Attempts of a batch were made.
    case instantiated([ChangedAttempt])
    /// The cluster has accepted attempts of a batch.
    case launched([ChangedAttempt])
    /// An attempt runs, on this node.
    case started(ChangedAttempt, node: String?)
    /// An attempt has ended; its payload says what becomes of the task.
    indirect case ended(AttemptEnd)
    /// Tasks that no attempt has changed.
    indirect case tasks([TaskID], from: TaskWord, to: TaskWord, why: ChangeReason)
    /// The status of the workflow; `from` is nil for a workflow that is new.
    indirect case workflow(from: WorkflowStatus?, to: WorkflowStatus, why: ChangeReason?)
    /// The status of a run; `from` is nil for a run that is new or whose status before is not known.
    indirect case run(WorkflowRunID, from: WorkflowRunStatus?, to: WorkflowRunStatus, why: ChangeReason?)
    /// Somebody has asked the run to stop; `cancel` ends what runs, too.
    case stopRequested(WorkflowRunID, cancel: Bool)
    /// How many tasks of the workflow, or of one of its templates, may run at once; nil is any number.
    indirect case limit(template: String?, from: Int?, to: Int?, why: ChangeReason?)
  }

  /// A change as it is decoded, or about to be encoded. `run` and `user` are nil where they did not make it.
  public init(
    seq: Int64, time: Timestamp, workflow: WorkflowID, run: WorkflowRunID? = nil, user: String? = nil,
    _ what: What
  ) {
    self.seq = seq
    self.time = time
    self.workflow = workflow
    self.run = run
    self.user = user
    self.what = what
  }

  /// How many numbers of the feed it takes, from ``seq`` on.
  public var count: Int {
    switch what {
    case .instantiated(let attempts), .launched(let attempts): max(1, attempts.count)
    // The attempt's, and its task's.
    case .started, .ended: 2
    case .tasks(let tasks, _, _, _): max(1, tasks.count)
    case .workflow, .run, .stopRequested, .limit: 1
    }
  }

  /// The number of its last step.
  public var lastSeq: Int64 { seq + Int64(count) - 1 }
}

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

/// How an attempt has ended.
public struct AttemptEnd: Hashable, Codable, Sendable {
  /// The attempt that has ended.
  public var attempt: ChangedAttempt
  /// What its task was before.
  public var from: TaskStatus
  /// What its task is then.
  public var taskStatus: TaskStatus
  /// How the attempt itself is kept; always a final status.
  public var status: TaskInstanceStatus
  /// Why it ended.
  public var cause: Cause
  /// The node that it ran on; nil where it had none or that is not known.
  public var node: String?
  /// What is known beyond the cause, in the words of the cluster or of the worker.
  public var message: String?
  /// What follows; nil for a success, and for what we ended ourselves.
  public var followUp: FollowUp?

  /// The end of an attempt, with what becomes of its task.
  public init(
    attempt: ChangedAttempt, from: TaskStatus, taskStatus: TaskStatus, status: TaskInstanceStatus,
    cause: Cause,
    node: String? = nil, message: String? = nil, followUp: FollowUp? = nil
  ) {
    self.attempt = attempt
    self.from = from
    self.taskStatus = taskStatus
    self.status = status
    self.cause = cause
    self.node = node
    self.message = message
    self.followUp = followUp
  }

  /// Whether its task is another one for people than before. A task that a person has set to DONE stays so, however its last
  /// attempt ended.
  public var changesTask: Bool { from.word != taskStatus.word && from != .done }

  /// The failure in a sentence, with what follows; nil where there is nothing to say.
  public var reason: String? { FailureText.ending(cause, message: message, followUp) }
}

/// Why something has changed that no attempt has changed.
public enum ChangeReason: Hashable, Codable, Sendable {
  /// A person has set tasks, or the whole workflow.
  case setByHand
  /// A run begins, and gives every task that is not done fresh counters.
  case resumed
  /// The workflow was bound again: with another limit.
  case boundAgain
  /// The workflow was bound again with other names, attributes or settings.
  case boundWithOtherSettings
  /// Changes of the workflow were accepted: another one takes its place.
  case replaced
  /// The run's driver was found dead by the one that took the workflow over.
  case driverFoundDead
  /// No queue takes the task; why.
  case impossible(String)
  /// The callback of this name gave no resources that the task can have; why.
  case callback(String, String)
  /// How the run came to its end.
  case ended(RunEnding)
  /// Of a version that kept sentences.
  case text(String)

  /// For people; nil where there is nothing to say.
  public var words: String? {
    switch self {
    case .setByHand: "set by hand"
    case .resumed: "resumed"
    case .boundAgain: "bound again"
    case .boundWithOtherSettings: "bound again with other settings"
    case .replaced: "its changes were accepted: another one takes its place"
    case .driverFoundDead: "its driver was found dead"
    case .impossible(let why): why
    case .callback(let name, let why): "callback '\(name)': \(why)"
    case .ended(let ending): ending.words
    case .text(let text): text
    }
  }
}
