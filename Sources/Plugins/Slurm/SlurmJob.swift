import JobmonCore

/// A record of the controller: one job, or all pending members of an array.
package struct SlurmJob: Sendable {
  package enum Tasks: Sendable {
    /// The job with this index in its array; 0 for a job in no array.
    case one(Int)
    /// These indices of the array, none of which has started.
    case pending(Set<Int>)
  }

  /// The array's id, or the job's own id if it is not in an array.
  package var array: UInt32
  package var tasks: Tasks
  /// Base state and flags.
  package var state: UInt32
  /// How often Slurm has requeued it.
  package var restarts: Int
  /// As of wait(2).
  package var exitStatus: UInt32
  /// Seconds since 1970; 0 if it has not started.
  package var started: Int64
  /// Seconds since 1970; for a running job, when its time limit ends it.
  package var ended: Int64
  package var name: String
  package var node: String
  /// Why it waits or ended, in Slurm's words.
  package var reason: String
  /// Its resource usage, if accounting reports it.
  package var usage: ResourceUsage?

  package init(
    array: UInt32, tasks: Tasks, state: UInt32, restarts: Int = 0, exitStatus: UInt32 = 0, started: Int64 = 0,
    ended: Int64 = 0, name: String, node: String = "", reason: String = ""
  ) {
    self.array = array
    self.tasks = tasks
    self.state = state
    self.restarts = restarts
    self.exitStatus = exitStatus
    self.started = started
    self.ended = ended
    self.name = name
    self.node = node
    self.reason = reason
  }
}
