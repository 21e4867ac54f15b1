import JobmonModel

/// A ready task. Tasks are ordered by highest rank, then by longest remaining path, then by arrival.
struct ReadyTask: Comparable, Sendable {
  /// The priority set by the user.
  var rank: Int32
  /// Its bottom level (``Urgency``).
  var priority: Float
  /// Increases with every task that becomes ready; the highest bit is set for tasks that were never tried.
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: ReadyTask, right: ReadyTask) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    return left.priority == right.priority ? left.arrival > right.arrival : left.priority < right.priority
  }
}

/// A task whose queueing is delayed; ordered by earliest time.
struct DelayedTask: Comparable, Sendable {
  /// Monotonic milliseconds.
  var due: Int64
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: DelayedTask, right: DelayedTask) -> Bool {
    left.due == right.due ? left.arrival > right.arrival : left.due > right.due
  }
}
