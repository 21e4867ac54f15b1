import JobmonCore

/// The limits in the controller's configuration. The defaults here are those of slurm.conf(5). Times are in seconds.
package struct SlurmLimits: Sendable {
  package var cluster = ""
  package var version = ""
  package var maxArraySize = 1001
  /// `max_array_tasks` of SchedulerParameters; nil if it is not set.
  package var maxArrayTasks: Int?
  package var maxJobCount = 10_000
  /// How long the controller keeps the record of a job that has ended.
  package var minJobAge = 300.0
  /// From SIGTERM to SIGKILL.
  package var killWait = 30.0
  /// How long a call waits for an answer.
  package var messageTimeout = 10.0
  /// Whether the cluster has accounting.
  package var hasAccounting = false

  package init() {}

  /// Maximum number of tasks that are submitted at once.
  var maxBatch: Int { max(1, min(maxArraySize, maxArrayTasks ?? .max, 10_000)) }

  /// Whether the cluster accepts arrays. `MaxArraySize=0` disables them: then each task is a job of its own.
  var acceptsArrays: Bool { maxArraySize > 0 }
}
