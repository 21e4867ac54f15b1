import JobmonModel

/// The ids that the store has given for attempts to come.
struct InstanceIDs: Sendable {
  private var ids: Range<TaskInstanceID> = 0..<0
  private var isOrdered = false

  var isEmpty: Bool { ids.isEmpty }
  var count: Int { ids.count }

  /// Takes an id; there must be one.
  mutating func next() -> TaskInstanceID {
    defer { ids = ids.lowerBound + 1..<ids.upperBound }
    return ids.lowerBound
  }

  /// The answer to an order: these replace what is left.
  mutating func take(_ ids: Range<TaskInstanceID>) {
    self.ids = ids
    isOrdered = false
  }

  /// Orders ids while some are left, so that no start waits for them.
  ///
  /// - Parameters:
  ///   - queued: tasks that will need one soon.
  ///   - left: tasks that are not done.
  /// - Returns: how many to ask for; nil: none.
  mutating func order(queued: Int, left: Int) -> Int? {
    let block = min(max(left, 16), 8192)
    guard !isOrdered, ids.count < min(queued, block / 4 + 1) else { return nil }
    isOrdered = true
    return block
  }
}
