import JobmonModel

/// A committed change, as a reader of the feed gets it: ``SQLiteStore/changes(after:of:limit:)``.
///
/// A change of several attempts of a batch takes a `seq` for each attempt. ``events`` returns the single steps.
public struct Change: Hashable, Codable, Sendable {
  /// The number of its first step. Numbers increase over the whole store. No number is used twice, and there may be
  /// gaps.
  public var seq: Int64
  /// The time of the change, by the wall clock of the host that committed it.
  public var time: Timestamp
  /// The workflow that has changed.
  public var workflow: WorkflowID
  /// The run that made the change; nil if no run made it.
  public var run: WorkflowRunID?
  /// The user who made the change; nil if the run made it.
  public var user: String?
  /// What has changed, with its values.
  public var what: What

  /// The kinds of changes.
  public enum What: Hashable, Codable, Sendable {
    /// Attempts of a batch were created.
    case instantiated([ChangedAttempt])
    /// The cluster accepted attempts of a batch.
    case launched([ChangedAttempt])
    /// An attempt has started on this node.
    case started(ChangedAttempt, node: String?)
    /// An attempt has ended; the payload includes the task's new state.
    indirect case ended(AttemptEnd)
    /// Tasks have changed without an attempt.
    indirect case tasks([TaskID], from: TaskWord, to: TaskWord, why: ChangeReason)
    /// The status of the workflow; `from` is nil for a new workflow.
    indirect case workflow(from: WorkflowStatus?, to: WorkflowStatus, why: ChangeReason?)
    /// The status of a run; `from` is nil for a new run, or if the previous status is unknown.
    indirect case run(WorkflowRunID, from: WorkflowRunStatus?, to: WorkflowRunStatus, why: ChangeReason?)
    /// A user asked the run to stop; `cancel` also cancels its attempts.
    case stopRequested(WorkflowRunID, cancel: Bool)
    /// The maximum number of tasks of the workflow, or of one of its templates, that may run at once; nil means no
    /// limit.
    indirect case limit(template: String?, from: Int?, to: Int?, why: ChangeReason?)
  }

  /// A change as it is decoded, or before it is encoded. `run` and `user` are nil if they did not make it.
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

  /// The number of steps, each of which takes a number of the feed, from ``seq`` on.
  public var count: Int {
    switch what {
    case .instantiated(let attempts), .launched(let attempts): max(1, attempts.count)
    // One step of the attempt and one of its task.
    case .started, .ended: 2
    case .tasks(let tasks, _, _, _): max(1, tasks.count)
    case .workflow, .run, .stopRequested, .limit: 1
    }
  }

  /// The number of its last step.
  public var lastSeq: Int64 { seq + Int64(count) - 1 }
}
