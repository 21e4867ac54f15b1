/// Whether the core or the backend decides where and when a task runs.
public enum Placement: Hashable, Codable, Sendable {
  /// The backend has its own queue and accepts up to this many instances.
  case backend(maxOutstanding: Int)
  /// The core places tasks on these nodes, and submits only tasks that fit now. If the backend has
  /// ``ExecutorCapability/prefetches``, it also submits the next few very short tasks.
  case core([ClusterNode])
}
