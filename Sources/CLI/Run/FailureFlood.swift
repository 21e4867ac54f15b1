import JobmonCore

/// Shows the first of several similar failures one by one, and counts the others in an occasional line.
struct FailureFlood {
  /// Failures of one kind that are shown in full.
  private static let whole = 3
  /// Milliseconds between two lines about one kind of failure.
  private static let pause: Int64 = 5000

  /// A line about failures that were counted.
  struct Line {
    var willRetry: Bool
    var text: StyledText
  }

  private struct Kind: Hashable {
    /// The reason without what differs between tasks.
    var likeness: String
    var willRetry: Bool
  }

  private struct Count {
    var shown = 0
    var held = 0
    var lastTask = ""
    var lastReason = ""
    var told: Int64 = 0
  }

  private var kinds: [Kind: Count] = [:]
  private var order: [Kind] = []

  /// Whether a failure is shown; otherwise it is counted.
  mutating func letsThrough(_ task: FailedTask, willRetry: Bool) -> Bool {
    let kind = Kind(likeness: Self.likeness(task.reason), willRetry: willRetry)
    if kinds[kind] == nil { order.append(kind) }
    if kinds[kind, default: Count()].shown < Self.whole {
      kinds[kind, default: Count()].shown += 1
      return true
    }
    kinds[kind]!.held += 1
    kinds[kind]!.lastTask = task.name
    kinds[kind]!.lastReason = task.reason
    return false
  }

  /// The lines that are due.
  mutating func take(isOver: Bool, now: Int64) -> [Line] {
    var lines: [Line] = []
    for kind in order {
      guard let count = kinds[kind], count.held > 0, isOver || now - count.told >= Self.pause else {
        continue
      }
      let tasks = CountText.of(count.held, "more task")
      lines.append(
        Line(
          willRetry: kind.willRetry,
          text: "\(tasks) in the same way; the last was \(count.lastTask): \(count.lastReason)"))
      kinds[kind]!.held = 0
      kinds[kind]!.told = now
    }
    return lines
  }

  /// The reason with every number replaced by 0.
  private static func likeness(_ reason: String) -> String {
    reason.replacing(/[0-9]+([.][0-9]+)?/, with: "0")
  }
}
