import JobmonModel

/// Failures of one workflow that say the same.
public struct ErrorGroup: Hashable, Sendable {
  /// How many task instances failed so.
  public var count: Int
  /// What they say.
  public var sample: String
  public var firstSeen: Timestamp
  public var lastSeen: Timestamp
  /// The tasks, each once, in order; at most ``mostTasks``.
  public var taskIDs: [TaskID]
  /// The attempts' numbers that are met, in order.
  public var attempts: [Int]
  /// The nodes, each once, the one that is met most often first.
  public var hosts: [String]
  var hostCounts: [String: Int] = [:]
  /// The instance that failed last, to look at its log; nil where no task of the group was ever started.
  public var lastInstance: TaskInstanceID?

  /// Ids beyond this many are counted, not listed.
  public static let mostTasks = 1_000
}
