import JobmonExecution
import JobmonModel

/// Very short tasks are submitted in advance. They wait at their node and take the slot of the next task of their size
/// that ends there, without a round trip to the driver.
///
/// They count as submitted, so no limit is exceeded. They are withdrawn when a limit is lowered below the number
/// submitted, or when the run stops. For longer tasks the round trip of a few hundred microseconds does not matter, but
/// priorities and limits do.
struct PrefetchPolicy: Sendable {
  /// Seconds of work that may wait for each slot: the maximum additional delay of a task with higher priority.
  private static let prefetchedWork: Float = 0.05
  /// The maximum number of tasks that may wait for each slot.
  private static let mostPrefetched = 60

  /// Recent typical runtime of tasks in seconds, by template.
  private(set) var typicalRuntime: [Float?]
  private let isAllowed: Bool

  init(_ plan: EnginePlan) {
    isAllowed = !plan.policy.failFast
    typicalRuntime = Array(repeating: nil, count: plan.templates.count)
    for runtime in plan.runtimes where runtime.count > 0 {
      typicalRuntime[runtime.template] = Float(runtime.mean)
    }
  }

  /// Updates the typical runtime of a template's tasks.
  mutating func note(_ outcome: Outcome, template: Int) {
    guard let wall = outcome.usage?.wall else { return }
    guard let known = typicalRuntime[template] else {
      typicalRuntime[template] = Float(wall)
      return
    }
    typicalRuntime[template] = known + (Float(wall) - known) / 8
  }

  /// The maximum number of a template's tasks that may wait for each slot.
  func most(ofTemplate template: Int) -> Int {
    guard isAllowed, let runtime = typicalRuntime[template], runtime <= Self.prefetchedWork else { return 0 }
    return min(Self.mostPrefetched, Int(Self.prefetchedWork / max(runtime, 1e-4)))
  }
}
