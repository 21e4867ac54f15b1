import JobmonModel

/// Ids reserved in the store for future attempts.
struct InstanceIDs: Sendable {
  private var ids: Range<TaskInstanceID> = 0..<0
  private var isOrdered = false

  var isEmpty: Bool { ids.isEmpty }
  var count: Int { ids.count }

  /// Takes an id; at least one must be left.
  mutating func next() -> TaskInstanceID {
    defer { ids = ids.lowerBound + 1..<ids.upperBound }
    return ids.lowerBound
  }

  /// Replaces the remaining ids by newly reserved ones.
  mutating func take(_ ids: Range<TaskInstanceID>) {
    self.ids = ids
    isOrdered = false
  }

  /// Orders new ids while some are left, so that no start has to wait for them.
  ///
  /// - Parameters:
  ///   - queued: number of tasks that will soon need an id.
  ///   - left: number of tasks that are not done.
  /// - Returns: the number of ids to reserve; nil if none are needed.
  mutating func order(queued: Int, left: Int) -> Int? {
    let block = min(max(left, 16), 8192)
    guard !isOrdered, ids.count < min(queued, block / 4 + 1) else { return nil }
    isOrdered = true
    return block
  }
}
