/// What a backend can do beyond what all have to.
public enum ExecutorCapability: String, Codable, Sendable {
  /// Tasks that use more memory than they asked for are ended with the cause `memory`.
  case enforcesMemory
  /// Tasks that run longer than they asked for are ended with the cause `runtime`.
  case enforcesRuntime
  /// Outcomes come with what the task used, or ``ExecutorEvent/usage(_:_:)`` follows them.
  case reportsUsage
  /// Says why accepted tasks do not run yet (``ExecutorEvent/waiting(_:reason:)``).
  case readsWaitingReasons
  /// No command is run: it only says so.
  case simulates
  /// Tasks may wait at its node for a place (``BatchTask/waits``), and be withdrawn while they do. Only for a cluster
  /// of one node on which the core places.
  case prefetches
}
