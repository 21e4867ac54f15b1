/// Who decides where and when a task runs.
public enum Placement: Hashable, Codable, Sendable {
  /// The backend queues for itself and takes up to this many instances.
  case backend(maxOutstanding: Int)
  /// The core packs tasks on these nodes; nothing is submitted that does not fit now, but for the next few very short
  /// tasks where the backend ``ExecutorCapability/prefetches``.
  case core([ClusterNode])
}
