import JobmonModel
import JobmonStore

/// The parts of a run's result beyond the engine's counts, collected from committed changes.
struct RunReport {
  static let mostFailedTasks = 1000
  static let mostSlowTasks = 5

  let workflow: StoredWorkflow
  let tasksTotal: Int
  private(set) var tasksPreviouslyDone: Int
  /// Tasks that earlier runs had done and that are rerun.
  private var reset: Set<TaskIndex> = []
  private(set) var failedTasks: [FailedTask] = []
  private var slowest: [(task: TaskIndex, seconds: Double)] = []
  /// Count and total seconds of this run, by template.
  private var seen: [(count: Int, seconds: Double)]

  init(_ workflow: StoredWorkflow) {
    self.workflow = workflow
    tasksTotal = workflow.definition.taskCount
    tasksPreviouslyDone = workflow.statuses.count { $0 == .done }
    seen = Array(repeating: (0, 0), count: workflow.definition.templates.count)
  }

  mutating func note(_ transitions: [Transition]) {
    for case .rerun(let record) in transitions { note(record) }
    for case .ended(let end) in transitions {
      guard let seconds = end.outcome.usage?.wall else { continue }
      if end.taskStatus == .done {
        let template = Int(workflow.definition.tasks.template[Int(end.task)])
        seen[template].count += 1
        seen[template].seconds += seconds
      }
      if slowest.count < Self.mostSlowTasks || seconds > slowest.last!.seconds {
        let place = slowest.firstIndex { $0.seconds < seconds } ?? slowest.count
        slowest.insert((end.task, seconds), at: place)
        if slowest.count > Self.mostSlowTasks { slowest.removeLast() }
      }
    }
  }

  /// Rerun tasks no longer count as failed, or as done by an earlier run.
  private mutating func note(_ record: RerunRecord) {
    let again = Set(record.fatal.map { workflow.firstTask + TaskID($0) })
    failedTasks.removeAll { again.contains($0.taskID) }
    for task in record.done
    where workflow.statuses[Int(task)] == .done && reset.insert(task).inserted {
      tasksPreviouslyDone -= 1
    }
  }

  mutating func noteFatal(_ task: FailedTask) {
    if failedTasks.count < Self.mostFailedTasks { failedTasks.append(task) }
  }

  /// The templates' earlier runtimes, combined with those of this run.
  var runtimes: [TemplateRuntime] {
    seen.indices.compactMap { template in
      let before = workflow.runtimes.first { $0.template == template }
      let count = seen[template].count + (before?.count ?? 0)
      guard count > 0 else { return nil }
      let seconds = seen[template].seconds + (before.map { $0.mean * Double($0.count) } ?? 0)
      return TemplateRuntime(template: template, count: count, mean: seconds / Double(count))
    }
  }

  var slowestTasks: [RunResult.SlowTask] {
    slowest.map {
      RunResult.SlowTask(
        taskID: workflow.firstTask + TaskID($0.task), name: workflow.definition.tasks.name(Int($0.task)),
        seconds: $0.seconds)
    }
  }
}
