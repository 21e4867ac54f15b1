import JobmonCore
import WorkerProtocol

/// An effect of an observation.
enum JobEffect: Hashable, Sendable {
  case started(node: String, at: Timestamp?)
  case waiting(reason: String)
  case ended(Outcome)
  case recovered(RecoveryVerdict)
  case cancelled(CancelVerdict)
  /// Claim the task, so that it cannot start.
  case claim
  /// Have the controller end the job.
  case cancelJob
  /// Query the controller soon.
  case askController
  case warning(String)
}
