import Foundation
import JobmonModel

/// The order of ready tasks of equal rank: by bottom level, the runtime of the longest chain from the task to the end
/// of the workflow. Highest level first is the rule of HEFT (Topcuoglu, Hariri and Wu, 2002).
///
/// A task's weight is its runtime in an earlier run of a workflow of the same name. If unknown, it is the average
/// runtime of its template, in earlier workflows and so far in this run; if that is unknown, too, the average of all
/// tasks. So the order changes during a run.
struct Urgency: Sendable {
  /// An average predicts the runtime of one task to within about this factor. Levels that differ by less count as
  /// equal, and the task that was ready first goes first. On workflows of WfCommons the medians are then never worse
  /// than first come, first served; with an exact comparison they were worse by up to 0.3 % (BENCHMARKS.md).
  private static let tolerance: Float = 1.25

  /// Earlier runtime of each task in seconds; negative if unknown. Empty if there is no earlier workflow.
  private let own: [Float]
  /// Whether that is known for most tasks.
  private let isKnown: Bool
  /// Runtimes observed for each template.
  private var seen: [(count: Int, seconds: Double)]
  /// The weights used for the current levels, by template.
  private var used: [Float] = []
  /// The number of done tasks at which the weights are checked again.
  private var nextLook = 1
  /// The level of each task, as compared by the queues.
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

  /// The level of a task; higher levels go first.
  func level(of task: TaskIndex) -> Float { levels[Int(task)] }

  /// Records the runtime of a done task of a template.
  mutating func note(_ outcome: Outcome, template: Int) {
    guard let wall = outcome.usage?.wall else { return }
    seen[template].count += 1
    seen[template].seconds += wall
  }

  /// Recomputes the levels if the new runtimes change the order of the tasks.
  ///
  /// Checked each time the number of done tasks has grown by a quarter, because computing levels is expensive with many
  /// templates and tasks.
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

  /// Current estimate of a task's runtime in seconds, by template.
  private var weights: [Float] {
    let count = seen.reduce(0) { $0 + $1.count }
    let mean = count > 0 ? seen.reduce(0) { $0 + $1.seconds } / Double(count) : 1
    return seen.map { Float(max(0.001, $0.count > 0 ? $0.seconds / Double($0.count) : mean)) }
  }
}
