/// Optional abilities of a backend.
public enum ExecutorCapability: String, Codable, Sendable {
  /// Tasks that use more memory than requested are ended with the cause `memory`.
  case enforcesMemory
  /// Tasks that run longer than requested are ended with the cause `runtime`.
  case enforcesRuntime
  /// Outcomes include the resource usage, or are followed by ``ExecutorEvent/usage(_:_:)``.
  case reportsUsage
  /// It reports why accepted tasks do not run (``ExecutorEvent/waiting(_:reason:)``).
  case readsWaitingReasons
  /// It simulates execution and runs no commands.
  case simulates
  /// Tasks may wait at the node for a place (``BatchTask/waits``), and can be withdrawn while they wait. Only for
  /// clusters with one node on which the core places tasks.
  case prefetches
}
