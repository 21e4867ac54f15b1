import JobmonModel

/// The tasks that can no longer run in this run, because a direct or indirect upstream is FATAL.
///
/// Each node is visited once, when the first such upstream fails. So blocked tasks are reported at once, not at the end
/// of the run.
struct Blockage: Sendable {
  /// By node; empty until a task fails.
  private var isBlocked: [Bool] = []
  /// By template; nil if none of its tasks is blocked.
  private(set) var ofTemplate: [RunProgress.Blocked?]

  init(_ plan: EnginePlan) { ofTemplate = Array(repeating: nil, count: plan.templates.count) }

  /// Records that a task has become FATAL.
  mutating func note(_ failed: TaskIndex, _ plan: EnginePlan, _ tasks: borrowing TaskStateTable) {
    if isBlocked.isEmpty { isBlocked = Array(repeating: false, count: plan.graph.nodeCount) }
    var rest: [Int32] = [failed]
    while let node = rest.popLast() {
      for next in plan.graph.downstream(of: node) where !isBlocked[Int(next)] {
        if !plan.graph.isJoin(next) {
          // A task set to DONE by the user, or still running from an earlier run, waits for nothing.
          guard case .waiting = tasks[next] else { continue }
          let template = Int(plan.template[Int(next)])
          ofTemplate[template, default: RunProgress.Blocked(count: 0, by: failed)].count += 1
        }
        isBlocked[Int(next)] = true
        rest.append(next)
      }
    }
  }

  /// Recomputes everything after tasks were reset.
  mutating func update(_ plan: EnginePlan, _ tasks: borrowing TaskStateTable) {
    guard !isBlocked.isEmpty else { return }
    self = Blockage(plan)
    for task in tasks.indices where tasks[TaskIndex(task)] == .fatal { note(TaskIndex(task), plan, tasks) }
  }
}

extension [RunProgress.Blocked?] {
  fileprivate subscript(index: Int, default value: RunProgress.Blocked) -> RunProgress.Blocked {
    get { self[index] ?? value }
    set { self[index] = newValue }
  }
}
