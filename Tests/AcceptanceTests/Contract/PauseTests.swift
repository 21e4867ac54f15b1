import Foundation
import Testing

extension Acceptance.Alone {
  /// How soon a run sees what is asked of it.
  struct PauseTests {
    @Test func aPauseIsSeenWithin200Milliseconds() throws {
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
      // 200 ms after the limit was saved nothing new may start: what the ledger holds then is all there is.
      usleep(UInt32(max(0, 0.2 - Date().timeIntervalSince(saved)) * 1e6))
      let then = try trial.sandbox.ledger().count(.start)
      try trial.sandbox.waitForBeats(3, of: run)
      let later = try trial.sandbox.ledger().count(.start)
      #expect(later == then && later < 2000)
      #expect(!run.hasEnded)
      #expect(try trial.sandbox.run("concurrency_limit", "-w", "1", "-m", "100").status == 0)
      #expect(try run.wait(120).status == 0)
      try trial.judge("paused")
    }
  }
}
