import JobmonCore
import WorkerProtocol

/// What can be learnt of a task. Times are monotonic milliseconds.
enum JobObservation: Hashable, Sendable {
  /// The controller shows it.
  case shown(JobRecord, at: Int64)
  /// The controller answers, and does not show it.
  case notShown(at: Int64)
  /// The controller does not answer: absence is counted anew.
  case unanswered
  /// What the accounts have of it. They lag behind: only an end counts.
  case accounts(JobRecord, at: Int64)
  /// The core asks for its end.
  case cancel
  /// A worker's report was found.
  case reported(HeldReport)
  /// Time has passed.
  case time(Int64)
  /// What the batch's folder has on a question.
  case evidence(JobQuestion, JobEvidence)
  /// The core has stored its end.
  case acknowledged
}
