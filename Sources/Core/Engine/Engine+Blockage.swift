import JobmonGraph
import JobmonModel

extension Engine {
  /// Records that a task has become FATAL.
  mutating func noteBlocked(by failed: TaskIndex) {
    let (plan, tasks) = (plan, tasks)
    blockage.note(
      failed, plan.graph, template: { Int(plan.template[Int($0)]) },
      isWaiting: { if case .waiting = tasks[$0] { true } else { false } })
  }

  /// Recomputes the blocked tasks after tasks were reset.
  mutating func updateBlockage() {
    guard !blockage.isEmpty else { return }
    blockage = Blockage(templates: plan.templates.count)
    for task in tasks.indices where tasks[TaskIndex(task)] == .fatal { noteBlocked(by: TaskIndex(task)) }
  }
}
