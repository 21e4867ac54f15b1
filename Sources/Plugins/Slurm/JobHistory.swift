import JobmonCore
import WorkerProtocol

/// What has happened to a task that has not ended, independent of what the controller shows now.
struct JobHistory: Hashable, Sendable {
  /// What the core waits for.
  enum Awaited: Hashable, Sendable {
    /// Its end.
    case end
    /// Its state after an earlier run: the first answer is a recovery.
    case recovery
  }

  var awaits = Awaited.end
  /// Whether the core has requested its end.
  var isCancelled = false
  /// Whether its start was reported.
  var hasStarted = false
  /// The last reason for waiting that was reported.
  var reason = ""
  /// Since when it is pending, according to the controller.
  var pendingSince: Int64?
  /// A report that is held back until the cluster says why it ended the job.
  var report: HeldReport?
}
