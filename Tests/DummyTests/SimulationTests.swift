import Foundation
import Testing

@testable import JobmonCore

/// The engine through many simulated clusters, faults and operators.
///
/// `JOBMON_SEED=n` runs one seed, with `JOBMON_TASKS=n` on so many tasks; `JOBMON_SEEDS=n` says how many.
@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test func theLawsHoldOnEverySeed() throws {
    if let seed = Self.environment["JOBMON_SEED"].flatMap(UInt64.init) {
      var simulation = try Simulation(seed: seed, tasks: Self.environment["JOBMON_TASKS"].flatMap { Int($0) })
      try simulation.run()
      return
    }
    let isSoak = Self.environment["JOBMON_SOAK"] == "1"
    let count = Self.environment["JOBMON_SEEDS"].flatMap(UInt64.init) ?? (isSoak ? 100_000 : 1000)
    var (turns, starts, crashes, failures) = (0, 0, 0, 0)
    for seed in 1...count {
      do {
        var simulation = try Simulation(seed: seed)
        try simulation.run()
        turns += simulation.turns
        starts += simulation.starts
        crashes += simulation.crashes
      } catch {
        failures += 1
        let tasks = Self.fewestTasks(seed: seed)
        Issue.record(
          """
          seed \(seed): \(error)
          JOBMON_SEED=\(seed) \(tasks.map { "JOBMON_TASKS=\($0) " } ?? "")swift test --filter DummyTests.SimulationTests
          """)
        if failures == 5 { break }
      }
    }
    print("\(count) seeds: \(turns) turns, \(starts) starts, \(crashes) crashes")
    // The mischief is done.
    #expect(crashes > Int(count) / 10)
  }

  @Test(arguments: [3, 17, 99, 256, 1001] as [UInt64]) func theSameSeedIsTheSameRunToTheByte(seed: UInt64)
    throws
  {
    var first = try Simulation(seed: seed)
    var second = try Simulation(seed: seed)
    try first.run()
    try second.run()
    #expect(first.history == second.history)
    #expect(!first.history.isEmpty)
  }

  @Test(arguments: [
    (Simulation.Sabotage.recoveryLies, "runs twice"), (.successesAreLost, "is committed DONE"),
    (.limitIsHidden, "and the limit is"),
  ])
  func theJudgeFindsWhatIsDoneWrong(sabotage: Simulation.Sabotage, breach: String) {
    let found = (1...300 as ClosedRange<UInt64>).contains { seed in
      do {
        var simulation = try Simulation(seed: seed)
        simulation.sabotage = sabotage
        try simulation.run()
        return false
      } catch { return "\(error)".contains(breach) }
    }
    #expect(found)
  }

  /// The smallest number of tasks with which a seed still fails.
  private static func fewestTasks(seed: UInt64) -> Int? {
    (1...80).first { tasks in
      do {
        var simulation = try Simulation(seed: seed, tasks: tasks)
        try simulation.run()
        return false
      } catch { return true }
    }
  }
}
