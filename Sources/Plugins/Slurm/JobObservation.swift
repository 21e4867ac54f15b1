import JobmonCore
import WorkerProtocol

/// An observation of a task. Times are monotonic milliseconds.
enum JobObservation: Hashable, Sendable {
  /// The controller shows it.
  case shown(JobRecord, at: Int64)
  /// The controller answers, and does not show it.
  case notShown(at: Int64)
  /// The controller does not answer: the time of absence starts again.
  case unanswered
  /// The accounting record. Accounting lags behind, so only an end counts.
  case accounts(JobRecord, at: Int64)
  /// The core requests its end.
  case cancel
  /// A worker's report was found.
  case reported(HeldReport)
  /// Time has passed.
  case time(Int64)
  /// What the batch's folder contains about a question.
  case evidence(JobQuestion, JobEvidence)
  /// The core has stored its end.
  case acknowledged
}
