import JobmonCore
import WorkerProtocol

/// A question that the batch's folder must answer before the state of a task can be decided.
struct JobQuestion: Hashable, Sendable {
  enum Subject: Hashable, Sendable {
    /// It was cancelled: has it started?
    case cancelled
    /// It has been pending longer than the option `longest_pending` (seconds) allows.
    case pendingTooLong(Double)
    /// It is over according to this record.
    ///
    /// - isLate: the maximum delay of its report has passed.
    /// - claims: whether to claim a task that is not claimed yet.
    case over(JobRecord, isLate: Bool, claims: Bool)
    /// The controller does not show it. isOverdue: for so long that it counts as lost.
    case absent(isOverdue: Bool)
  }

  var subject: Subject
  /// When the question arose (monotonic milliseconds).
  var at: Int64
}
