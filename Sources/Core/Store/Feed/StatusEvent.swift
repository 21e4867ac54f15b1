import JobmonModel

/// One step of a change, as printed by `--events` and listed in the history: one status of one row, or a limit.
public struct StatusEvent: Hashable, Sendable {
  /// The kind of row that has changed. The raw values are the words of `--events` and of the history.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// The status of a workflow or of a task, or the number of tasks that may run at once.
    case workflow, task, limit
    /// The status of a workflow run.
    case workflowRun = "workflow_run"
    /// The status of a task instance: one attempt.
    case taskInstance = "task_instance"
  }

  /// Its number; increases with every step in the store.
  public var seq: Int64
  /// The time of the change, by the wall clock of the host that committed it.
  public var time: Timestamp
  /// The kind of row that has changed.
  public var kind: Kind
  /// The id of the row that has changed, by its kind; for a limit, the workflow's id.
  public var id: Int64
  /// The workflow of the row.
  public var workflowID: WorkflowID
  /// The task that has changed, or whose attempt has changed; nil for other rows.
  public var taskID: TaskID?
  /// The name of that task. ``Change/events`` leaves it nil; the caller looks it up.
  public var taskName: String?
  /// The previous status as displayed; for a limit, the number or `none`.
  public var from: String?
  /// The new status as displayed; for a limit, the number or `none`.
  public var to: String
  /// The attempt number, from 1 in each run; nil if the change does not contain it.
  public var attempt: Int?
  /// The cause of the end, in the step of an attempt that has ended and in the step of its task.
  public var failure: Cause?
  /// The node of an attempt that has started or ended; nil for other steps, or if the node is unknown.
  public var node: String?
  /// The reason, as text for the user.
  public var message: String?
  /// Who made the change: `run 12`, or a user's name.
  public var by: String?
  /// What follows a failed attempt.
  public var followUp: FollowUp?

  /// ``Cause/word``
  public var cause: String? { failure?.word }

  /// A step. Values that do not apply to its kind are omitted.
  public init(
    seq: Int64, time: Timestamp, kind: Kind, id: Int64, workflowID: WorkflowID, taskID: TaskID? = nil,
    taskName: String? = nil, from: String?, to: String, attempt: Int? = nil, failure: Cause? = nil,
    node: String? = nil, message: String? = nil, by: String? = nil, followUp: FollowUp? = nil
  ) {
    self.seq = seq
    self.time = time
    self.kind = kind
    self.id = id
    self.workflowID = workflowID
    self.taskID = taskID
    self.taskName = taskName
    self.from = from
    self.to = to
    self.attempt = attempt
    self.failure = failure
    self.node = node
    self.message = message
    self.by = by
    self.followUp = followUp
  }
}

extension Change {
  /// The steps, in order, without the names of tasks.
  public var events: [StatusEvent] {
    var events: [StatusEvent] = []
    events.reserveCapacity(count)
    forEachEvent { events.append($0) }
    return events
  }

  /// Calls `body` with the steps, in order, without the names of tasks.
  public func forEachEvent(_ body: (StatusEvent) -> Void) {
    func event(
      _ offset: Int, _ kind: StatusEvent.Kind, _ id: Int64, task: TaskID? = nil, from: String?, to: String,
      attempt: Int = 0
    ) -> StatusEvent {
      StatusEvent(
        seq: seq + Int64(offset), time: time, kind: kind, id: id, workflowID: workflow, taskID: task,
        from: from,
        to: to, attempt: attempt == 0 ? nil : attempt, by: user ?? run.map { "run \($0)" })
    }
    func tell(_ attempts: [ChangedAttempt], from: TaskInstanceStatus?, to: TaskInstanceStatus) {
      for (offset, attempt) in attempts.enumerated() {
        body(
          event(
            offset, .taskInstance, attempt.instance, task: attempt.task, from: from?.rawValue,
            to: to.rawValue,
            attempt: attempt.attempt))
      }
    }
    func tell(_ kind: StatusEvent.Kind, _ id: Int64, from: String?, to: String, _ why: ChangeReason?) {
      var event = event(0, kind, id, from: from, to: to)
      event.message = why?.words
      body(event)
    }
    switch what {
    case .instantiated(let attempts): tell(attempts, from: nil, to: .instantiated)
    case .launched(let attempts): tell(attempts, from: .instantiated, to: .launched)
    case .started(let attempt, let node):
      var running = event(
        0, .taskInstance, attempt.instance, task: attempt.task, from: TaskInstanceStatus.launched.rawValue,
        to: TaskInstanceStatus.running.rawValue)
      running.node = node
      body(running)
      body(
        event(
          1, .task, attempt.task, task: attempt.task, from: TaskWord.scheduled.rawValue,
          to: TaskWord.running.rawValue))
    case .ended(let end):
      let attempt = end.attempt
      var ended = event(
        0, .taskInstance, attempt.instance, task: attempt.task, from: end.from.instanceWord,
        to: end.status.rawValue, attempt: attempt.attempt)
      ended.failure = end.cause
      ended.node = end.node
      ended.message = end.reason
      ended.followUp = end.followUp
      body(ended)
      guard end.changesTask else { return }
      var task = event(
        1, .task, attempt.task, task: attempt.task, from: end.from.word.rawValue,
        to: end.taskStatus.word.rawValue, attempt: attempt.attempt)
      task.failure = end.cause
      task.message = ended.message
      task.followUp = end.followUp
      body(task)
    case .tasks(let tasks, let from, let to, let why):
      for (offset, task) in tasks.enumerated() where from != to {
        var changed = event(offset, .task, task, task: task, from: from.rawValue, to: to.rawValue)
        changed.message = why.words
        body(changed)
      }
    case .workflow(let from, let to, let why):
      tell(.workflow, workflow, from: from?.rawValue, to: to.rawValue, why)
    case .run(let run, let from, let to, let why):
      tell(.workflowRun, run, from: from?.rawValue, to: to.rawValue, why)
    case .stopRequested(let run, let cancel):
      tell(
        .workflowRun, run, from: nil, to: cancel ? "STOP_AND_CANCEL_REQUESTED" : "STOP_REQUESTED", nil)
    case .limit(let template, let from, let to, let why):
      var changed = event(
        0, .limit, workflow, from: from.map(String.init) ?? "none", to: to.map(String.init) ?? "none")
      changed.message = template.map { "template \($0)" } ?? why?.words
      body(changed)
    }
  }
}

extension TaskStatus {
  /// The status of an open instance whose task is in this state.
  fileprivate var instanceWord: String {
    switch self {
    case .running: TaskInstanceStatus.running.rawValue
    case .launched: TaskInstanceStatus.launched.rawValue
    default: TaskInstanceStatus.instantiated.rawValue
    }
  }
}
