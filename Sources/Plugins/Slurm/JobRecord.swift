import JobmonCore
import WorkerProtocol

/// What the controller or accounting says about a job.
struct JobRecord: Hashable, Sendable {
  var state: SlurmState
  var restarts = 0
  /// As of wait(2).
  var exitStatus: UInt32 = 0
  /// Seconds since 1970; 0 if it has not started.
  var started: Int64 = 0
  var node = ""
  var reason = ""
  /// The state in Slurm's words.
  var text = ""

  /// Which of several records of a task counts: the one with the highest weight.
  var weight: Int { state.isRunning ? 2 : state.isAlive ? 1 : 0 }
}
