import Foundation
import JobmonModel

/// What ready tasks of equal rank are ordered by: their bottom levels, the time that the longest chain from each of them
/// to the end of the workflow will take (the highest level first is the rule of HEFT: Topcuoglu, Hariri and Wu, 2002).
///
/// What a task took when a workflow of the same name ran before is its weight; else what its template's tasks take on
/// average, in earlier workflows and so far in this run; else what all tasks take. So the order changes as a run learns.
struct Urgency: Sendable {
  /// An average says what one task will take about as well as this: levels that differ by less are equal, and the task
  /// that was ready first goes first. On workflows of WfCommons the medians are never behind first come, first
  /// served that way; with levels compared exactly they were, by up to 0.3 % (BENCHMARKS.md).
  private static let tolerance: Float = 1.25

  /// Seconds that each task took before; negative where that is not known. Empty: of none.
  private let own: [Float]
  /// Whether that is known of most.
  private let isKnown: Bool
  /// What was seen of each template.
  private var seen: [(count: Int, seconds: Double)]
  /// The weights that the levels were made with, by template.
  private var used: [Float] = []
  /// How many tasks have to be done before the weights are looked at again.
  private var nextLook = 1
  /// The level of each task, as the queues of ready ones compare them.
  private var levels: [Float] = []

  init(_ plan: EnginePlan) {
    own = plan.taskRuntimes
    isKnown = own.count { $0 >= 0 } * 2 > plan.graph.taskCount
    seen = plan.templates.map { _ in (0, 0) }
    for runtime in plan.runtimes {
      seen[runtime.template] = (runtime.count, runtime.mean * Double(runtime.count))
    }
    computeLevels(plan)
  }

  /// The level of a task: the higher goes first.
  func level(of task: TaskIndex) -> Float { levels[Int(task)] }

  /// Takes note of what a task of a template took that is done now.
  mutating func note(_ outcome: Outcome, template: Int) {
    guard let wall = outcome.usage?.wall else { return }
    seen[template].count += 1
    seen[template].seconds += wall
  }

  /// Computes the levels anew where what the run has learned puts the tasks into another order.
  ///
  /// Checked each time a quarter more tasks are done: with many templates and tasks computing levels is not cheap.
  ///
  /// - Returns: whether the levels have changed.
  mutating func update(_ plan: EnginePlan, done: Int) -> Bool {
    guard done >= nextLook, seen.count > 1, !isKnown else { return false }
    nextLook = max(done + 1, done + done / 4)
    let ratios = zip(weights, used).map { $0 / $1 }
    guard ratios.max()! > ratios.min()! * Self.tolerance else { return false }
    computeLevels(plan)
    return true
  }

  private mutating func computeLevels(_ plan: EnginePlan) {
    used = weights
    var byTask = plan.template.map { used[Int($0)] }
    for task in own.indices where own[task] >= 0 { byTask[task] = max(own[task], 0.001) }
    levels = plan.graph.bottomLevels(weights: byTask)
    if isKnown { return }
    let scale = 1 / log(Self.tolerance)
    levels = levels.map { (log($0) * scale).rounded(.down) }
  }

  /// Seconds that a task of each template takes, by what is known now.
  private var weights: [Float] {
    let count = seen.reduce(0) { $0 + $1.count }
    let mean = count > 0 ? seen.reduce(0) { $0 + $1.seconds } / Double(count) : 1
    return seen.map { Float(max(0.001, $0.count > 0 ? $0.seconds / Double($0.count) : mean)) }
  }
}
