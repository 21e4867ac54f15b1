import JobmonModel

/// A change of the history, decided by the engine and committed by the store.
public enum Transition: Hashable, Codable, Sendable {
  /// A batch and its token, recorded before it is submitted to the executor.
  indirect case batch(BatchRecord)
  /// Attempts of a batch were created. Their tasks become `instantiated`.
  case instantiated(batch: String, [AttemptRecord], at: Timestamp)
  /// The executor has accepted these attempts of a batch.
  case launched(batch: String, [LaunchRecord], handle: String?, at: Timestamp)
  /// The attempt's command has started, on this node (nil if unknown), at this time by the wall clock.
  case started(TaskInstanceID, TaskIndex, node: String?, at: Timestamp)
  /// An attempt has ended, and its task changes to `taskStatus`. Large payloads are indirect, because transitions are
  /// passed on several times.
  indirect case ended(EndRecord)
  /// Usage that was reported after the end.
  case usage(TaskInstanceID, ResourceUsage)
  /// Tasks change without an attempt. For example, they become FATAL because no queue accepts them.
  case tasks([TaskIndex], from: TaskStatus, to: TaskStatus, why: ChangeReason, at: Timestamp)
  /// The answer to a rerun request, with all its changes in one commit, so that the request is carried out only once.
  indirect case rerun(RerunRecord)
  /// This run has adopted these instances of earlier runs.
  case adopted([TaskInstanceID])
  /// Why the cluster does not run these instances yet, in its own words. It changes no status and is not part of the
  /// history.
  case waiting([TaskInstanceID], reason: String)
}

extension Transition {
  /// The number of `seq` numbers that it takes: one for each status that changes, and at least one.
  public var changeCount: Int {
    switch self {
    case .instantiated(_, let attempts, _): max(1, attempts.count)
    case .launched(_, let instances, _, _): max(1, instances.count)
    // One status of the instance and one of its task.
    case .started, .ended: 2
    case .tasks(let tasks, _, _, _, _): max(1, tasks.count)
    case .rerun(let record): max(1, record.count)
    case .batch, .usage, .adopted, .waiting: 1
    }
  }
}
