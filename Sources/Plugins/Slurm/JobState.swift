import JobmonCore
import WorkerProtocol

/// The state of one task of a batch, from its acceptance to its acknowledgement.
///
/// ``JobState/transition(_:_:_:)`` is the only code that moves a task from one state to another. Times are monotonic
/// milliseconds.
enum JobState: Hashable, Sendable {
  /// The controller has not shown it since its submission or recovery, or since the controller last failed to answer.
  case unseen(JobHistory)
  /// It waits or will run again. Every unknown state counts as this one.
  case pending(JobHistory, JobRecord)
  /// It is running or suspended.
  case running(JobHistory, JobRecord)
  /// The controller shows that it has ended. Its report may follow.
  case over(JobHistory, JobRecord, since: Int64)
  /// The controller answers, but does not show it.
  case absent(JobHistory, since: Int64)
  /// The controller does not show it, and accounting says that it has ended.
  case accounted(JobHistory, JobRecord, over: Int64, absent: Int64)
  /// Its outcome was reported, but is not acknowledged.
  case ended
  /// Acknowledged, or recovered as absent: nothing more is reported.
  case forgotten
}

extension JobState {
  /// nil if it has ended.
  var history: JobHistory? {
    switch self {
    case .unseen(let history), .pending(let history, _), .running(let history, _), .over(let history, _, _),
      .absent(let history, _), .accounted(let history, _, _, _):
      history
    case .ended, .forgotten: nil
    }
  }

  /// The current record.
  var record: JobRecord? {
    switch self {
    case .pending(_, let record), .running(_, let record), .over(_, let record, _),
      .accounted(_, let record, _, _):
      record
    case .unseen, .absent, .ended, .forgotten: nil
    }
  }

  /// The record of a job that has ended.
  var finalRecord: JobRecord? {
    switch self {
    case .over(_, let record, _), .accounted(_, let record, _, _): record
    default: nil
    }
  }

  var absentSince: Int64? {
    switch self {
    case .absent(_, let since), .accounted(_, _, _, let since): since
    default: nil
    }
  }

  /// The same state with another history.
  func with(_ history: JobHistory) -> JobState {
    switch self {
    case .unseen: .unseen(history)
    case .pending(_, let record): .pending(history, record)
    case .running(_, let record): .running(history, record)
    case .over(_, let record, let since): .over(history, record, since: since)
    case .absent(_, let since): .absent(history, since: since)
    case .accounted(_, let record, let over, let absent):
      .accounted(history, record, over: over, absent: absent)
    case .ended, .forgotten: self
    }
  }
}
