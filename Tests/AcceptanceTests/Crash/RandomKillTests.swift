import Foundation
import Testing

extension Acceptance {
  /// SIGKILL at random times, of the driver, the worker or both, repeated until the work is done.
  struct RandomKillTests {
    enum Target: CaseIterable { case driver, worker, both, bothDriverFirst }

    @Test func randomKillsLoseNothing() throws {
      for round in 0..<TestScale.rounds {
        let trial = try LedgerTrial(.wide(12))
        var story: [String] = []
        for crash in 0..<6 {
          let run = try trial.start(resume: crash > 0)
          // A time from before the store is opened until the second stage is running.
          usleep(UInt32.random(in: 0...400_000))
          if run.hasEnded, try run.wait().status == 0 { break }
          let target = Target.allCases.randomElement()!
          story.append("\(target)")
          switch target {
          case .driver: run.signal(SIGKILL)
          case .worker:
            // The driver continues, and dies a little later.
            trial.sandbox.killAll("jobmon-worker")
            usleep(UInt32.random(in: 0...100_000))
            run.signal(SIGKILL)
          case .both:
            trial.sandbox.killAll("jobmon-worker")
            run.signal(SIGKILL)
          case .bothDriverFirst:
            run.signal(SIGKILL)
            trial.sandbox.killAll("jobmon-worker")
          }
          let ended = try run.wait()
          #expect([0, -SIGKILL].contains(ended.status), "round \(round), \(story): \(ended)")
          try trial.recordStore()
        }
        try trial.finishAndCheckLaws("round \(round), \(story)")
      }
    }

    @Test func aRepeatedlyKilledWorkerLosesNothing() throws {
      for round in 0..<TestScale.rounds {
        let trial = try LedgerTrial(.wide(8))
        let run = try trial.start(resume: false)
        for _ in 0..<4 where !run.hasEnded {
          usleep(UInt32.random(in: 0...100_000))
          trial.sandbox.killAll("jobmon-worker")
        }
        let finished = try run.wait()
        #expect(finished.status == 0, "round \(round): \(finished)")
        try trial.checkLaws("round \(round)")
      }
    }

    @Test func aDeadDriverLeavesNoProcesses() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [.init("a", "grandchild", "100000"), .init("b", "setsid", "100000")]))
      let run = try trial.start(resume: false)
      try eventually("both descendants working") {
        let text = trial.sandbox.read("ledger")
        return run.hasEnded || text.contains("beat a") && (text.contains("beat b") || trial.slots < 2)
      }
      #expect(trial.sandbox.processes().count >= 4)
      run.signal(SIGKILL)
      try run.wait()
      try eventually("everything gone: \(trial.sandbox.processes())", within: 5) {
        trial.sandbox.processes().isEmpty
      }
    }
  }
}

extension LedgerTrial {
  /// The number of processors of this machine.
  var slots: Int { ProcessInfo.processInfo.activeProcessorCount }
}
