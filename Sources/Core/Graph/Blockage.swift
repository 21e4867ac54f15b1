import JobmonModel

/// The tasks that can no longer run in this run, because a direct or indirect upstream is FATAL.
///
/// Each node is visited once, when the first such upstream fails. So blocked tasks are reported at once, not at the end
/// of the run.
package struct Blockage: Sendable {
  /// By node; empty until a task fails.
  private var isBlocked: [Bool] = []
  /// By template; nil if none of its tasks is blocked.
  package private(set) var ofTemplate: [RunProgress.Blocked?]

  /// - Parameter templates: the number of templates.
  package init(templates: Int) { ofTemplate = Array(repeating: nil, count: templates) }

  /// Whether a task has failed.
  package var isEmpty: Bool { isBlocked.isEmpty }

  /// Records that a task has become FATAL.
  ///
  /// - Parameters:
  ///   - template: the index of a task's template.
  ///   - isWaiting: whether a task waits for its upstreams. A task that the user has set to DONE, or that still runs from
  ///     an earlier run, does not.
  package mutating func note(
    _ failed: TaskIndex, _ graph: TaskGraph, template: (TaskIndex) -> Int, isWaiting: (TaskIndex) -> Bool
  ) {
    if isBlocked.isEmpty { isBlocked = Array(repeating: false, count: graph.nodeCount) }
    var rest: [Int32] = [failed]
    while let node = rest.popLast() {
      for next in graph.downstream(of: node) where !isBlocked[Int(next)] {
        if !graph.isJoin(next) {
          guard isWaiting(next) else { continue }
          ofTemplate[template(next), default: RunProgress.Blocked(count: 0, by: failed)].count += 1
        }
        isBlocked[Int(next)] = true
        rest.append(next)
      }
    }
  }
}

extension [RunProgress.Blocked?] {
  fileprivate subscript(index: Int, default value: RunProgress.Blocked) -> RunProgress.Blocked {
    get { self[index] ?? value }
    set { self[index] = newValue }
  }
}
