import JobmonExecution
import JobmonModel

/// Very short tasks are submitted a few ahead: they wait at their node and take the slot of the next task of their size
/// that ends there, without waiting for the driver to learn of that.
///
/// They count as submitted, so no limit is passed; they are withdrawn when a limit is lowered below what is submitted, or
/// the run is to end. For longer tasks the few hundred microseconds do not matter, and priorities and limits do.
struct PrefetchPolicy: Sendable {
  /// How much work, in seconds, may wait for each slot: what a task of higher priority has to wait longer at most.
  private static let prefetchedWork: Float = 0.05
  /// How many tasks may wait for each slot.
  private static let mostPrefetched = 60

  /// Seconds that tasks take, lately, by template.
  private(set) var typicalRuntime: [Float?]
  private let isAllowed: Bool

  init(_ plan: EnginePlan) {
    isAllowed = !plan.policy.failFast
    typicalRuntime = Array(repeating: nil, count: plan.templates.count)
    for runtime in plan.runtimes where runtime.count > 0 {
      typicalRuntime[runtime.template] = Float(runtime.mean)
    }
  }

  /// Learns how long tasks of a template take.
  mutating func note(_ outcome: Outcome, template: Int) {
    guard let wall = outcome.usage?.wall else { return }
    guard let known = typicalRuntime[template] else {
      typicalRuntime[template] = Float(wall)
      return
    }
    typicalRuntime[template] = known + (Float(wall) - known) / 8
  }

  /// How many tasks of a template may wait for each slot.
  func most(ofTemplate template: Int) -> Int {
    guard isAllowed, let runtime = typicalRuntime[template], runtime <= Self.prefetchedWork else { return 0 }
    return min(Self.mostPrefetched, Int(Self.prefetchedWork / max(runtime, 1e-4)))
  }
}
