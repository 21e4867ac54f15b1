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
  /// The answer to a rerun request, with all its changes in one commit: it is carried out once.
  indirect case rerun(RerunRecord)
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
    case .rerun(let record): max(1, record.count)
    case .batch, .usage, .adopted, .waiting: 1
    }
  }
}
