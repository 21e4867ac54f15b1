import JobmonModel

extension Transition {
  /// The changes that the feed records for this transition; empty if no status changes.
  ///
  /// - Parameters:
  ///   - seq: the first number of the changes.
  ///   - firstTask: the id of the workflow's task with index 0.
  func changes(seq: Int64, workflow: WorkflowID, run: WorkflowRunID, firstTask: TaskID) -> [Change] {
    let (time, what): (Timestamp, Change.What)
    switch self {
    case .batch, .usage, .adopted, .waiting: return []
    case .rerun(let record):
      return record.changes(seq: seq, workflow: workflow, run: run, firstTask: firstTask)
    case .instantiated(_, let attempts, let at):
      (time, what) = (
        at,
        .instantiated(
          attempts.map {
            ChangedAttempt(instance: $0.instance, task: firstTask + TaskID($0.task), attempt: $0.attempt)
          })
      )
    case .launched(_, let launches, _, let at):
      (time, what) = (
        at,
        .launched(launches.map { ChangedAttempt(instance: $0.instance, task: firstTask + TaskID($0.task)) })
      )
    case .started(let instance, let task, let node, let at):
      (time, what) = (
        at, .started(ChangedAttempt(instance: instance, task: firstTask + TaskID(task)), node: node)
      )
    case .ended(let end): (time, what) = (end.at, .ended(end.end(firstTask: firstTask)))
    case .tasks(let tasks, let from, let to, let why, let at):
      (time, what) = (
        at, .tasks(tasks.map { firstTask + TaskID($0) }, from: from.word, to: to.word, why: why)
      )
    }
    return [Change(seq: seq, time: time, workflow: workflow, run: run, what)]
  }

  /// The changes of several transitions that were committed together.
  ///
  /// - Parameter firstSeq: the number of the first one; each transition takes ``changeCount`` numbers.
  package static func changes(
    _ transitions: [Transition], firstSeq: Int64, workflow: WorkflowID, run: WorkflowRunID, firstTask: TaskID
  ) -> [Change] {
    var seq = firstSeq
    return transitions.flatMap { transition in
      defer { seq += Int64(transition.changeCount) }
      return transition.changes(seq: seq, workflow: workflow, run: run, firstTask: firstTask)
    }
  }
}

extension EndRecord {
  fileprivate func end(firstTask: TaskID) -> AttemptEnd {
    AttemptEnd(
      attempt: ChangedAttempt(instance: instance, task: firstTask + TaskID(task), attempt: attempt),
      from: from,
      taskStatus: taskStatus, status: instanceStatus, cause: outcome.cause, node: outcome.node,
      message: outcome.message, followUp: followUp)
  }
}

extension RerunRecord {
  /// The statuses that it resets, as changes by the user who requested the rerun.
  fileprivate func changes(seq: Int64, workflow: WorkflowID, run: WorkflowRunID, firstTask: TaskID)
    -> [Change]
  {
    var next = seq
    return [(done, TaskWord.done), (fatal, .fatal)].filter { !$0.0.isEmpty }.map { tasks, word in
      defer { next += Int64(tasks.count) }
      return Change(
        seq: next, time: at, workflow: workflow, run: run, user: user,
        .tasks(tasks.map { firstTask + TaskID($0) }, from: word, to: .pending, why: .setByHand))
    }
  }
}
