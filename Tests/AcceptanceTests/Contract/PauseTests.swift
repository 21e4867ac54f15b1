import Foundation
import Testing

extension Acceptance.Alone {
  /// How soon a run notices requests.
  struct PauseTests {
    @Test func aPauseTakesEffectWithin200Milliseconds() throws {
      var workflow = LedgerWorkflow(steps: (0..<2000).map { .init("t\($0)") })
      workflow.limit = nil
      let trial = try LedgerTrial(workflow)
      let run = try trial.start(resume: false, environment: Sandbox.beating)
      try eventually("some are done: \(run.stderr)") {
        run.hasEnded || trial.sandbox.read("ledger").split(separator: "\n").count > 20
      }
      let paused = try trial.sandbox.run("concurrency_limit", "-w", "1", "-m", "0", "-n")
      let saved = Date()
      #expect(paused.status == 0, "\(paused)")
      #expect(try paused.object()["changed"] as? Int == 1)
      // 200 ms after the limit was saved nothing new may start: the ledger must not grow after that.
      usleep(UInt32(max(0, 0.2 - Date().timeIntervalSince(saved)) * 1e6))
      let then = try trial.sandbox.ledger().count(.start)
      try trial.sandbox.waitForBeats(3, of: run)
      let later = try trial.sandbox.ledger().count(.start)
      #expect(later == then && later < 2000)
      #expect(!run.hasEnded)
      #expect(try trial.sandbox.run("concurrency_limit", "-w", "1", "-m", "100").status == 0)
      #expect(try run.wait(120).status == 0)
      try trial.checkLaws("paused")
    }
  }
}

extension Acceptance {
  /// `workflow pause` and `workflow continue`.
  struct PauseCommandTests {
    private func limit(_ trial: LedgerTrial) throws -> String {
      try trial.sandbox.shell("sqlite3 jobmon.db 'SELECT max_concurrently_running FROM workflow'")
    }

    @Test func theFormerLimitIsRestored() throws {
      var workflow = LedgerWorkflow(steps: [.init("a")])
      workflow.limit = 3
      let trial = try LedgerTrial(workflow)
      #expect(try trial.start(resume: false).wait().status == 0)
      let paused = try trial.sandbox.run("workflow", "pause", "-w", "1", "-n").object()
      #expect(paused["changed"] as? Int == 1 && paused["max_tasks"] as? Int == 0, "\(paused)")
      #expect(try limit(trial) == "0\n")
      // The second pause has no effect: the former limit is still 3.
      let twice = try trial.sandbox.run("workflow", "pause", "-w", "1")
      #expect(twice.status == 0 && twice.stdout == "workflow 1 is paused already\n", "\(twice)")
      let again = try trial.sandbox.run("workflow", "continue", "-w", "1")
      #expect(again.stdout == "workflow 1 continues: at most 3 tasks at once\n", "\(again)")
      #expect(try limit(trial) == "3\n")
      // Once more: each pause stores its own former limit.
      #expect(try trial.sandbox.run("concurrency_limit", "-w", "1", "-m", "7").status == 0)
      #expect(try trial.sandbox.run("workflow", "pause", "-w", "1").status == 0)
      let last = try trial.sandbox.run("workflow", "continue", "-w", "1", "-n").object()
      #expect(last["changed"] as? Int == 1 && last["max_tasks"] as? Int == 7, "\(last)")
    }

    @Test func continueDoesNotChangeAWorkflowThatIsNotPaused() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      #expect(try trial.start(resume: false).wait().status == 0)
      let told = try trial.sandbox.run("workflow", "continue", "-w", "1")
      #expect(told.status == 0 && told.stdout == "workflow 1 is not paused\n", "\(told)")
      #expect(try trial.sandbox.run("workflow", "continue", "-w", "1", "-n").object()["changed"] as? Int == 0)
      #expect(try limit(trial) == "\n")
    }

    /// A running task continues and nothing new starts. After `continue` the rest runs, again without a limit.
    @Test func pauseAndContinueAffectALiveRun() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 3)
      trial.sandbox.environment.merge(Sandbox.beating) { $1 }
      let run = try trial.startToGate()
      let paused = try trial.sandbox.run("workflow", "pause")
      #expect(paused.status == 0 && paused.stderr == "workflow 1 (ledger)\n", "\(paused)")
      // The keeper sees the limit before the second next heartbeat.
      try trial.sandbox.waitForBeats(3, of: run)
      try trial.sandbox.open(gate: "gate")
      try eventually("the running task ends") { try trial.tasks("DONE") == ["wait"] }
      try trial.sandbox.waitForBeats(3, of: run)
      #expect(try trial.sandbox.starts() == 1 && !run.hasEnded)
      let again = try trial.sandbox.run("workflow", "continue")
      #expect(again.stdout == "workflow 1 continues: no limit of its own\n", "\(again)")
      #expect(try run.wait().status == 0)
      try trial.checkLaws("paused and continued")
      try trial.expectAllDone()
    }
  }
}
