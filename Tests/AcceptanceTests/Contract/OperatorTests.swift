import Foundation
import Testing

extension Acceptance {
  /// What an operator can do to a workflow, while it runs and afterwards.
  struct OperatorTests {
    /// 40 tasks of 50 ms, with this limit from the start.
    private func slow(limit: Int) throws -> LedgerTrial {
      var workflow = LedgerWorkflow(steps: (0..<40).map { .init("t\($0)", "sleep", "0.05") })
      workflow.limit = limit
      return try LedgerTrial(workflow)
    }

    @Test func theLimitHolds() throws {
      let trial = try slow(limit: 1)
      #expect(try trial.start(resume: false).wait().status == 0)
      try trial.checkLaws("limit 1")
    }

    @Test func aTaskIsResetAndRunsAgain() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [
          .init("a"), .init("b", after: ["a"]), .init("c", after: ["b"]), .init("other"),
        ]))
      #expect(try trial.start(resume: false).wait().status == 0)
      let rows = try trial.sandbox.rows("workflow_tasks", "-w", "1", "-l", "0")
      let id = try #require(rows.first { $0["task_name"] as? String == "b" }?["task_id"] as? Int)
      // Without a terminal and without -f nothing is changed.
      let asked = try trial.sandbox.run("update_task_status", "-w", "1", "-t", String(id), "-s", "G")
      #expect(asked.status == 2, "\(asked)")
      #expect(try trial.tasks("DONE").count == 4)
      let done = try trial.sandbox.run(
        "update_task_status", "-w", "1", "-t", String(id), "-s", "G", "-f", "-n")
      #expect(done.status == 0, "\(done)")
      #expect(try done.object()["changed"] as? Int == 2)
      #expect(try Set(trial.tasks("DONE")) == ["a", "other"])
      #expect(try trial.sandbox.rows("workflow_status").first?["wf_status"] as? String == "HALTED")
      #expect(try trial.start().wait().status == 0)
      let starts = try trial.sandbox.ledger().lines.filter { $0.word == .start }.map(\.task)
      #expect(starts.count == 6 && Set(starts.suffix(2)) == ["b", "c"], "\(starts)")
    }

    @Test func aTaskSetToDoneUnblocksItsDownstreamTasks() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [.init("bad", "fail", "1"), .init("after", after: ["bad"])]))
      #expect(try trial.start(resume: false).wait().status == 1)
      let rows = try trial.sandbox.rows("workflow_tasks", "-w", "1", "-l", "0", "-s", "FATAL")
      let id = try #require(rows.first?["task_id"] as? Int)
      #expect(
        try trial.sandbox.run("update_task_status", "-w", "1", "-t", String(id), "-s", "D", "-f").status == 0)
      #expect(try trial.start().wait().status == 0)
      #expect(try trial.sandbox.ledger().count(.start, task: "bad") == 3)
      try trial.expectAllDone()
    }

    @Test func aWorkflowIsReset() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [.init("a"), .init("bad", "fail", "1", after: ["a"])], maxAttempts: 1))
      #expect(try trial.start(resume: false).wait().status == 1)
      // Without a terminal and without -f nothing is changed.
      let asked = try trial.sandbox.run("workflow_reset", "-w", "1")
      #expect(asked.status == 2 && asked.stderr.contains("-f"), "\(asked)")
      #expect(try trial.tasks("FATAL") == ["bad"])
      let part = try trial.sandbox.run("workflow_reset", "-w", "1", "-p", "-f", "-n")
      #expect(try part.object()["changed"] as? Int == 1, "\(part)")
      #expect(try trial.tasks("DONE") == ["a"])
      #expect(try trial.sandbox.rows("workflow_status").first?["wf_status"] as? String == "HALTED")
      #expect(try trial.start().wait().status == 1)
      let whole = try trial.sandbox.run("workflow_reset", "-w", "1", "-f", "-n")
      #expect(try whole.object()["changed"] as? Int == 2, "\(whole)")
      #expect(try trial.start().wait().status == 1)
      #expect(try trial.sandbox.ledger().count(.start, task: "a") == 2)
      #expect(try trial.sandbox.ledger().count(.start, task: "bad") == 3)
      #expect(try trial.sandbox.run("db_check").status == 0)
    }

    @Test func aLiveWorkflowIsNotReset() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let run = try trial.start(resume: false)
      try eventually("the gate") { trial.sandbox.read("ledger").contains("start wait") || run.hasEnded }
      let live = try trial.sandbox.run("workflow_reset", "-w", "1", "-f")
      #expect(live.status == 3 && live.stderr.contains("workflow stop"), "\(live)")
      try trial.sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      try trial.expectAllDone()
    }

    @Test func aDoneWorkflowIsReset() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a"), .init("b", after: ["a"])]))
      #expect(try trial.start(resume: false).wait().status == 0)
      // Without a terminal and without -f nothing is changed.
      let asked = try trial.sandbox.run("workflow", "reset", "-w", "1")
      #expect(asked.status == 2 && asked.stderr.contains("-f"), "\(asked)")
      let kept = try trial.sandbox.run("workflow", "reset", "-w", "1", "-p", "-f", "-n").object()
      #expect(kept["changed"] as? Int == 0 && kept["workflow_status"] as? String == "DONE", "\(kept)")
      try trial.expectAllDone()
      let whole = try trial.sandbox.run("workflow", "reset", "-w", "1", "-f", "-n").object()
      #expect(whole["changed"] as? Int == 2 && whole["workflow_status"] as? String == "HALTED", "\(whole)")
      #expect(try Set(trial.tasks("PENDING")) == ["a", "b"])
      #expect(try trial.start().wait().status == 0)
      #expect(try trial.sandbox.ledger().count(.start) == 4)
      try trial.expectAllDone()
    }

    @Test func aWorkflowOfAnotherUserIsNotReset() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      #expect(try trial.start(resume: false).wait().status == 0)
      try trial.sandbox.shell("sqlite3 jobmon.db \"UPDATE run SET user = 'somebody'\"")
      let refused = try trial.sandbox.run("workflow", "reset", "-w", "1", "-f")
      #expect(refused.status == 3 && refused.stderr.contains("somebody"), "\(refused)")
      try trial.expectAllDone()
    }

    @Test func aResetIsConfirmedOnATerminal() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("bad", "fail", "1")], maxAttempts: 1))
      #expect(try trial.start(resume: false).wait().status == 1)
      let command = "\(Sandbox.programs)/jobmon workflow_reset -w 1"
      for (answer, left) in [("n", "FATAL"), ("y", "PENDING")] {
        let asked = try trial.sandbox.shell("echo \(answer) | script -qec '\(command)' /dev/null")
        #expect(asked.contains("Continue?"), "\(asked)")
        #expect(try trial.tasks(left) == ["bad"], "\(answer)")
      }
    }

    @Test func tasksOfAnotherWorkflowAreRefused() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      #expect(try trial.start(resume: false).wait().status == 0)
      let refused = try trial.sandbox.run("update_task_status", "-w", "1", "-t", "1", "77", "-s", "G", "-f")
      #expect(refused.status == 2, "\(refused)")
      #expect(try trial.tasks("DONE") == ["a"])
    }

    @Test func noStatusIsChangedDuringALiveRun() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let run = try trial.start(resume: false)
      try eventually("the gate") { trial.sandbox.read("ledger").contains("start wait") || run.hasEnded }
      let refused = try trial.sandbox.run("update_task_status", "-w", "1", "-t", "2", "-s", "D", "-f")
      #expect(refused.status == 3, "\(refused)")
      try trial.sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      #expect(try trial.sandbox.ledger().count(.start) == 2)
    }
  }
}
