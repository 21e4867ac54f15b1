import JobmonCore

/// Failures that are alike are shown one by one only at first; the rest is counted, and told in one line now and then.
struct FailureFlood {
  /// Failures of a kind that are shown whole.
  private static let whole = 3
  /// Milliseconds between two lines about failures of a kind.
  private static let pause: Int64 = 5000

  /// A line about failures that were not shown.
  struct Line {
    var willRetry: Bool
    var text: StyledText
  }

  private struct Kind: Hashable {
    /// Without what differs from task to task.
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

  /// Whether a failure is shown; else it is counted.
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
      let tasks = count.held == 1 ? "1 more task" : "\(count.held) more tasks"
      lines.append(
        Line(
          willRetry: kind.willRetry,
          text: "\(tasks) in the same way, the last was \(count.lastTask): \(count.lastReason)"))
      kinds[kind]!.held = 0
      kinds[kind]!.told = now
    }
    return lines
  }

  /// The reason with all numbers in it as one.
  private static func likeness(_ reason: String) -> String {
    reason.replacing(/[0-9]+([.][0-9]+)?/, with: "0")
  }
}
