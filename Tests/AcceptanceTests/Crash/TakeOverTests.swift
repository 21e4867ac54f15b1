import Foundation
import Testing

extension Acceptance {
  /// Several drivers want the same workflow.
  struct TakeOverTests {
    /// Two commands that wait for a gate, then some more.
    private func gated() throws -> LedgerTrial {
      let sandbox = try Sandbox()
      let gate = sandbox.path("gate")
      let workflow = LedgerWorkflow(steps: [
        .init("head"), .init("a", "gate", gate, after: ["head"]), .init("b", "gate", gate, after: ["head"]),
        .init("c", after: ["a", "b"]), .init("d", after: ["c"]),
      ])
      return try LedgerTrial(workflow, in: sandbox)
    }

    private func waitForTheGate(_ trial: LedgerTrial, _ runs: Child..., instancesBefore count: Int = 0) throws
    {
      try eventually("a command at the gate: \(runs.map(\.stderr))") {
        try runs.allSatisfy(\.hasEnded)
          || trial.sandbox.ledger().lines.contains {
            ["a", "b"].contains($0.task) && $0.word == .start && $0.instance > count
          }
      }
    }

    @Test func withoutResumeALiveRunIsNotReplaced() throws {
      let trial = try gated()
      let first = try trial.start(resume: false)
      try waitForTheGate(trial, first)
      let second = try trial.start(resume: false, ["-o", "json"]).wait()
      #expect(second.status == 3, "\(second)")
      let error = try #require(try second.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "workflow_held")
      let id = try trial.workflowID()
      #expect(error["workflow_id"] as? Int == id)
      #expect((error["message"] as? String ?? "").contains(String(first.pid)), "who holds it: \(second)")
      try trial.sandbox.open(gate: "gate")
      #expect(try first.wait().status == 0)
      try trial.checkLaws("refused")
    }

    @Test(arguments: [false, true])
    func aResumeTakesOverFromALiveRun(cold: Bool) throws {
      let trial = try gated()
      let first = try trial.start(resume: false, ["-o", "json"])
      try waitForTheGate(trial, first)
      let second = try trial.start(cold ? ["--reset-running-jobs"] : [])
      if cold {
        // Running commands are ended, so the first driver can hand over although the gate stays closed.
        #expect(try first.wait(20).status == 3)
      } else {
        try eventually("the first was asked: \(second.stderr)") {
          first.stderr.contains("is taking over")
        }
      }
      try trial.sandbox.open(gate: "gate")
      let ended = try first.wait(20)
      #expect(ended.status == 3, "\(ended)")
      #expect(try ended.object()["status"] as? String == "TERMINATED")
      let other = try second.wait(20)
      #expect(other.status == 0, "\(other)")
      try trial.checkLaws(cold ? "cold" : "hot")
      try trial.expectAllDone()
    }

    @Test func oneOfTwoResumesWins() throws {
      for round in 0..<max(3, TestScale.rounds / 4) {
        let trial = try gated()
        let first = try trial.start(resume: false)
        try waitForTheGate(trial, first)
        first.signal(SIGKILL)
        try first.wait()
        try trial.recordStore()
        let rivals = try [trial.start(), trial.start()]
        try eventually("one of them gives up: \(rivals.map(\.stderr))") { rivals.contains(where: \.hasEnded) }
        let bothGaveUp = rivals.allSatisfy(\.hasEnded)
        #expect(!bothGaveUp, "round \(round): \(rivals.map(\.stderr))")
        try trial.sandbox.open(gate: "gate")
        let statuses = try rivals.map { try $0.wait().status }.sorted()
        #expect(statuses == [0, 3], "round \(round): \(rivals.map(\.stderr))")
        try trial.checkLaws("round \(round)")
        try trial.expectAllDone()
      }
    }

    /// A driver that sleeps past its lease notices on waking up that it has lost the lease, and changes nothing.
    @Test func aDriverThatWakesAfterItsLeaseStops() throws {
      let trial = try gated()
      trial.sandbox.environment["JOBMON__HEARTBEAT__INTERVAL"] = "0.2"
      trial.sandbox.environment["JOBMON__HEARTBEAT__DEAD_AFTER"] = "1"
      let first = try trial.start(resume: false, ["-o", "json"])
      try waitForTheGate(trial, first)
      first.signal(SIGSTOP)
      let second = try trial.start()
      // Commands that the sleeping driver's worker starts do not count: the second run itself must have begun.
      try eventually("the second run begins: \(second.stderr)") {
        second.stderr.contains("run 2:") || second.hasEnded
      }
      first.signal(SIGCONT)
      let late = try first.wait(20)
      #expect(late.status == 3, "\(late)")
      #expect(try late.object()["status"] as? String == "TERMINATED")
      try trial.sandbox.open(gate: "gate")
      let other = try second.wait(20)
      #expect(other.status == 0, "\(other)")
      try trial.checkLaws("woken")
      try trial.expectAllDone()
    }
  }
}
