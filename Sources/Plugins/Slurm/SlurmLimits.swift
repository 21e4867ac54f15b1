import JobmonCore

/// What the controller's configuration says (slurm.conf(5), whose defaults the numbers here are). Times in seconds.
package struct SlurmLimits: Sendable {
  package var cluster = ""
  package var version = ""
  package var maxArraySize = 1001
  /// `max_array_tasks` of SchedulerParameters; nil where it is not set.
  package var maxArrayTasks: Int?
  package var maxJobCount = 10_000
  /// How long the controller keeps the record of a job that has ended.
  package var minJobAge = 300.0
  /// From SIGTERM to SIGKILL.
  package var killWait = 30.0
  /// How long a call waits for an answer.
  package var messageTimeout = 10.0
  /// Whether there are accounts.
  package var hasAccounting = false

  package init() {}

  /// The most members that an array of ours may have.
  var maxBatch: Int { max(1, min(maxArraySize, maxArrayTasks ?? .max, 10_000)) }
}
