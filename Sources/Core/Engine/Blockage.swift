import JobmonModel

/// Which tasks cannot run any more in this run, because a task that they wait for, however far above, is FATAL.
///
/// Each node is walked over once, when the first such task fails; people are told instead of when the rest would be done.
struct Blockage: Sendable {
  /// By node; empty until a task has failed.
  private var isBlocked: [Bool] = []
  /// By template; nil: none of its tasks.
  private(set) var ofTemplate: [RunProgress.Blocked?]

  init(_ plan: EnginePlan) { ofTemplate = Array(repeating: nil, count: plan.templates.count) }

  /// Takes note of a task that has become FATAL.
  mutating func note(_ failed: TaskIndex, _ plan: EnginePlan, _ tasks: borrowing TaskStateTable) {
    if isBlocked.isEmpty { isBlocked = Array(repeating: false, count: plan.graph.nodeCount) }
    var rest: [Int32] = [failed]
    while let node = rest.popLast() {
      for next in plan.graph.downstream(of: node) where !isBlocked[Int(next)] {
        if !plan.graph.isJoin(next) {
          // What a person has set to DONE, or an earlier run has left at work, waits for nothing.
          guard case .waiting = tasks[next] else { continue }
          let template = Int(plan.template[Int(next)])
          ofTemplate[template, default: RunProgress.Blocked(count: 0, by: failed)].count += 1
        }
        isBlocked[Int(next)] = true
        rest.append(next)
      }
    }
  }

  /// Finds everything anew: tasks were set back.
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
