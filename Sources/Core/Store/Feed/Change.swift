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
