import JobmonCore
import WorkerProtocol

/// What follows from an observation.
enum JobEffect: Hashable, Sendable {
  case started(node: String, at: Timestamp?)
  case waiting(reason: String)
  case ended(Outcome)
  case recovered(RecoveryVerdict)
  case cancelled(CancelVerdict)
  /// It is to be claimed, so that it cannot start any more.
  case claim
  /// The controller is to end the job.
  case cancelJob
  /// The controller is to be asked soon.
  case askController
  case warning(String)
}
