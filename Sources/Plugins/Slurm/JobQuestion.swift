import JobmonCore
import WorkerProtocol

/// What has to be looked up in the batch's folder before more can be said of a task.
struct JobQuestion: Hashable, Sendable {
  enum Subject: Hashable, Sendable {
    /// It is to end: has it started?
    case cancelled
    /// It is pending for longer than the option `longest_pending` (seconds) allows.
    case pendingTooLong(Double)
    /// It is over, by this record.
    ///
    /// - isLate: its report has had the time that reports may take.
    /// - claims: a task that has not been claimed by now is claimed for good.
    case over(JobRecord, isLate: Bool, claims: Bool)
    /// The controller does not show it. isOverdue: for so long that it is lost.
    case absent(isOverdue: Bool)
  }

  var subject: Subject
  /// When it arose (monotonic milliseconds).
  var at: Int64
}
