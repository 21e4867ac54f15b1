import JobmonModel

/// A ready task: the highest rank goes first, among equals the longest remaining path, then the one that was ready
/// first.
struct ReadyTask: Comparable, Sendable {
  /// What the user said.
  var rank: Int32
  /// Its bottom level (``Urgency``).
  var priority: Float
  /// Rises with every task that becomes ready; its highest bit is set for those that were never tried.
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: ReadyTask, right: ReadyTask) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    return left.priority == right.priority ? left.arrival > right.arrival : left.priority < right.priority
  }
}

/// A task that waits for its time: the earliest goes first.
struct DelayedTask: Comparable, Sendable {
  /// Monotonic milliseconds.
  var due: Int64
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: DelayedTask, right: DelayedTask) -> Bool {
    left.due == right.due ? left.arrival > right.arrival : left.due > right.due
  }
}
