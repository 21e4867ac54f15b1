import Foundation
import Testing

extension Acceptance {
  /// `run --if-not-running`, as used with cron.
  struct IfNotRunningTests {
    @Test func nothingIsStartedBesideALiveRun() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let run = try trial.startToGate()
      let told = try trial.sandbox.run("run", trial.file, "--if-not-running")
      #expect(told.status == 0, "\(told)")
      #expect(
        told.stdout.hasPrefix("workflow 1 is running: run 1 by ")
          && told.stdout.contains("process \(run.pid) on")
          && told.stdout.hasSuffix("; nothing was started\n"), "\(told)")
      let object = try trial.sandbox.run("run", trial.file, "--if-not-running", "-o", "json").object()
      #expect(object["status"] as? String == "RUNNING" && object["workflow_run_id"] as? Int == 1)
      #expect(object["pid"] as? Int == Int(run.pid) && object["workflow_id"] as? Int == 1)
      #expect(object["host"] is String && object["since"] is String)
      try trial.sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      #expect(try trial.sandbox.starts() == 2)
      let done = try trial.sandbox.run("run", trial.file, "--if-not-running")
      #expect(done.status == 0 && done.stderr.contains("nothing to run"), "\(done)")
    }

    @Test func aWorkflowIsStartedAndResumed() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("bad", "flaky", "1")], maxAttempts: 1))
      #expect(try trial.sandbox.run("run", trial.file, "--if-not-running", "--no-progress").status == 1)
      #expect(try trial.sandbox.run("run", trial.file, "--if-not-running", "--no-progress").status == 0)
      try trial.expectAllDone()
    }

    @Test func aDeadDriverIsReplaced() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let run = try trial.startToGate()
      run.signal(SIGKILL)
      try run.wait()
      try trial.sandbox.open(gate: "gate")
      let next = try trial.sandbox.run("run", trial.file, "--if-not-running", "--no-progress")
      #expect(next.status == 0, "\(next)")
      try trial.expectAllDone()
    }

    /// Of several started at the same moment, with no database yet, one runs; the others say so.
    @Test(arguments: 1...8) func onlyOneOfSeveralProgramsRunsTheWorkflow(round: Int) throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let all = try (0..<3).map { _ in
        try trial.sandbox.jobmon("run", trial.file, "--if-not-running", "--no-progress")
      }
      try eventually("the others have nothing to do: \(all.map(\.stderr))") { all.count { $0.hasEnded } >= 2 }
      try trial.sandbox.open(gate: "gate")
      for run in all { #expect(try run.wait().status == 0, "\(run.stdout)\(run.stderr)") }
      #expect(all.count { $0.stdout.contains("nothing was started") } == 2, "\(all.map(\.stdout))")
      #expect(try trial.sandbox.starts() == 2)
    }
  }
}
