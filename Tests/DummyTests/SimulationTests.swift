import Foundation
import Testing

@testable import JobmonModel

/// Runs the engine with many simulated clusters, faults and operators.
///
/// `JOBMON_SEED=n` runs one seed, and `JOBMON_TASKS=n` sets its number of tasks. `JOBMON_SEEDS=n` sets the number of
/// seeds, and `JOBMON_STORE_SEEDS=n` the number of seeds with the store.
@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment

  private static let isSoak = environment["JOBMON_SOAK"] == "1"

  @Test func theLawsHoldForEverySeed() throws {
    try Self.run(seeds: "JOBMON_SEEDS", Self.isSoak ? 100_000 : 1000, hasDatabase: false)
  }

  /// The same with the real store in a file: what drivers find there after a crash is what was committed.
  @Test func theStoreKeepsWhatTheEngineCommits() throws {
    try Self.run(seeds: "JOBMON_STORE_SEEDS", Self.isSoak ? 20_000 : 500, hasDatabase: true)
  }

  private static func run(seeds variable: String, _ usual: UInt64, hasDatabase: Bool) throws {
    if let seed = environment["JOBMON_SEED"].flatMap(UInt64.init) {
      var simulation = try Simulation(
        seed: seed, tasks: environment["JOBMON_TASKS"].flatMap { Int($0) }, hasDatabase: hasDatabase)
      try simulation.run()
      return
    }
    let count = environment[variable].flatMap(UInt64.init) ?? usual
    var (turns, starts, crashes, failures) = (0, 0, 0, 0)
    for seed in 1...count {
      do {
        var simulation = try Simulation(seed: seed, hasDatabase: hasDatabase)
        try simulation.run()
        turns += simulation.turns
        starts += simulation.starts
        crashes += simulation.crashes
      } catch {
        failures += 1
        let tasks = fewestTasks(seed: seed, hasDatabase: hasDatabase)
        Issue.record(
          """
          seed \(seed)\(hasDatabase ? ", with the store" : ""): \(error)
          JOBMON_SEED=\(seed) \(tasks.map { "JOBMON_TASKS=\($0) " } ?? "")swift test --filter DummyTests.SimulationTests
          """)
        if failures == 5 { break }
      }
    }
    print(
      "\(count) seeds\(hasDatabase ? " with the store" : ""): \(turns) turns, \(starts) starts, \(crashes) crashes"
    )
    // Make sure that enough drivers crashed.
    #expect(crashes > Int(count) / 10)
  }

  @Test(arguments: [3, 17, 99, 256, 1001] as [UInt64]) func equalSeedsGiveEqualHistories(seed: UInt64)
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
  func theChecksFindDeliberateErrors(sabotage: Simulation.Sabotage, breach: String) {
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

  /// The smallest number of tasks for which a seed still fails.
  private static func fewestTasks(seed: UInt64, hasDatabase: Bool) -> Int? {
    (1...80).first { tasks in
      do {
        var simulation = try Simulation(seed: seed, tasks: tasks, hasDatabase: hasDatabase)
        try simulation.run()
        return false
      } catch { return true }
    }
  }
}
