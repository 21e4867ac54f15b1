import JobmonCore
import WorkerProtocol

/// What the controller or the accounts say of a job.
struct JobRecord: Hashable, Sendable {
  var state: SlurmState
  var restarts = 0
  /// As of wait(2).
  var exitStatus: UInt32 = 0
  /// Seconds since 1970; 0: not yet.
  var started: Int64 = 0
  var node = ""
  var reason = ""
  /// The state in Slurm's words.
  var text = ""

  /// How much a record says of a task of which there are several.
  var weight: Int { state.isRunning ? 2 : state.isAlive ? 1 : 0 }
}
