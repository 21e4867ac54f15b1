import JobmonCore

/// Consecutive events that were dropped because the reader was too slow.
struct DroppedEvents: Hashable, Sendable {
  var count = 0
  var first: Int64
  var last: Int64
  var workflow: WorkflowID

  /// An empty range that starts at these events.
  init(before events: ArraySlice<StatusEvent>) {
    first = events.first?.seq ?? 0
    last = first
    workflow = events.first?.workflowID ?? 0
  }

  func adding(_ events: ArraySlice<StatusEvent>) -> DroppedEvents {
    var sum = self
    sum.count += events.count
    sum.last = events.last?.seq ?? last
    return sum
  }
}
