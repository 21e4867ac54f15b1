import JobmonCore
import WorkerProtocol

/// What has happened to a task that has not ended, whatever the controller shows of it now.
struct JobHistory: Hashable, Sendable {
  /// What the core waits for.
  enum Awaited: Hashable, Sendable {
    /// Its end.
    case end
    /// What became of it since an earlier run: the first answer is a recovery.
    case recovery
  }

  var awaits = Awaited.end
  /// Whether the core has asked for its end.
  var isCancelled = false
  /// Whether its start is out.
  var hasStarted = false
  /// The last reason for waiting that is out.
  var reason = ""
  /// Since when it is pending, as far as the controller has shown it.
  var pendingSince: Int64?
  /// A report on which the cluster still has to say why it asked for the end.
  var report: HeldReport?
}
