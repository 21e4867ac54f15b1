import Foundation
import Testing

extension Acceptance {
  /// The output and the end of `jobmon run`: keys, words, exit codes.
  struct RunResultTests {
    static let keys: Set<String> = [
      "workflow_id", "workflow_run_id", "name", "workflow_args", "status", "tasks_total", "tasks_done",
      "tasks_previously_done", "tasks_fatal", "tasks_pending", "retries", "elapsed_seconds", "failed_tasks",
      "resume_command",
    ]
    static let failedTaskKeys: Set<String> = [
      "task_id", "name", "attempts", "reason", "cause", "exit_code", "signal", "stdout", "stderr",
      "stderr_tail",
    ]

    @Test func resultOfASuccessfulRun() throws {
      let trial = try LedgerTrial(.small)
      let ended = try trial.start(resume: false, ["-o", "json"]).wait()
      #expect(ended.status == 0, "\(ended)")
      let result = try ended.object()
      #expect(Set(result.keys) == Self.keys)
      #expect(result["status"] as? String == "DONE")
      #expect(result["tasks_total"] as? Int == 7)
      #expect(result["tasks_done"] as? Int == 7)
      #expect(result["tasks_previously_done"] as? Int == 0)
      #expect(result["tasks_fatal"] as? Int == 0)
      #expect(result["tasks_pending"] as? Int == 0)
      #expect(result["retries"] as? Int == 1)
      #expect(result["name"] as? String == "ledger")
      #expect(result["workflow_args"] as? String == "ledger")
      #expect((result["failed_tasks"] as? [Any])?.isEmpty == true)
      #expect((result["elapsed_seconds"] as? Double ?? -1) > 0)
      // The first line on standard error contains the workflow's id.
      let id = try #require(result["workflow_id"] as? Int)
      #expect(ended.stderr.split(separator: "\n").first?.contains(String(id)) == true, "\(ended)")
      try trial.checkLaws("a run that succeeds")
    }

    @Test func resultOfAFailedRun() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [
          .init("good"), .init("bad", "fail", "7"), .init("never", after: ["bad"]),
          .init("other", after: ["good"]),
        ]))
      let ended = try trial.start(resume: false, ["-o", "json"]).wait()
      #expect(ended.status == 1, "\(ended)")
      let result = try ended.object()
      #expect(result["status"] as? String == "ERROR")
      #expect(result["tasks_done"] as? Int == 2)
      #expect(result["tasks_fatal"] as? Int == 1)
      #expect(result["tasks_pending"] as? Int == 1)
      #expect(result["retries"] as? Int == 2)
      let failed = try #require((result["failed_tasks"] as? [[String: Any]])?.first)
      #expect(Set(failed.keys) == Self.failedTaskKeys)
      #expect(failed["name"] as? String == "bad")
      #expect(failed["attempts"] as? Int == 3)
      #expect(failed["cause"] as? String == "exit")
      #expect(failed["exit_code"] as? Int == 7)
      #expect(failed["signal"] is NSNull)
      #expect(failed["stdout"] is NSNull && failed["stderr"] is NSNull, "it wrote nothing: \(failed)")
      #expect(trial.sandbox.read("ledger").components(separatedBy: "start bad ").count == 4)
      // The suggested command resumes the workflow: the failing task gets new attempts, the others do not run again.
      let command = try #require(result["resume_command"] as? String)
      let resumed = try trial.sandbox.start([
        "/bin/sh", "-c", "PATH=\(Sandbox.programs):$PATH; \(command) -o json",
      ]).wait()
      #expect(resumed.status == 1, "\(command): \(resumed)")
      #expect(try resumed.object()["tasks_previously_done"] as? Int == 2)
      try trial.checkLaws("a run that fails")
    }

    @Test func aResumeOfADoneWorkflowRunsNothing() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      #expect(try trial.start(resume: false).wait().status == 0)
      let again = try trial.start(resume: true, ["-o", "json"]).wait()
      #expect(again.status == 0)
      #expect(try again.object()["status"] as? String == "DONE")
      #expect(try again.object()["tasks_previously_done"] as? Int == 1)
      #expect(try trial.sandbox.ledger().count(.start) == 1)
    }

    @Test(arguments: [
      ("workflow_done", "plain", 0), ("workflow_exists", "fail", 1),
    ])
    func aWorkflowIsNotRunAgainWithoutResume(code: String, kind: String, first: Int32) throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a", kind, "1")], maxAttempts: 1))
      #expect(try trial.start(resume: false).wait().status == first)
      let again = try trial.start(resume: false, ["-o", "json"]).wait()
      #expect(again.status == 3, "\(again)")
      let refusal = try again.object()
      #expect(refusal["status"] as? String == "REFUSED")
      let error = try #require(refusal["error"] as? [String: Any])
      #expect(Set(error.keys) == ["code", "message", "file", "line", "column", "workflow_id"])
      #expect(error["code"] as? String == code)
      if code == "workflow_exists" {
        #expect((error["message"] as? String ?? "").contains("--resume"), "the command to type: \(again)")
      }
      #expect(try trial.sandbox.ledger().count(.start) == 1)
    }

    @Test func eventsAreOrderedAndHaveAllKeys() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [.init("a"), .init("b", "flaky", "1", after: ["a"])]))
      let events = trial.sandbox.path("events")
      #expect(try trial.start(resume: false, ["--events", events]).wait().status == 0)
      let objects = try trial.sandbox.read("events").split(separator: "\n").map { line in
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
      }
      let seqs = objects.compactMap { $0["seq"] as? Int }
      #expect(seqs.count == objects.count && seqs == seqs.sorted() && Set(seqs).count == seqs.count)
      for object in objects {
        #expect(
          Set(object.keys) == [
            "seq", "time", "kind", "id", "workflow_id", "task_id", "task_name", "from", "to", "attempt",
            "cause",
            "node", "message",
          ])
        #expect(
          (object["time"] as? String ?? "").wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
      }
      let done = objects.filter {
        $0["kind"] as? String == "task" && $0["to"] as? String == "D" || $0["to"] as? String == "DONE"
      }
      #expect(done.compactMap { $0["task_name"] as? String }.prefix(1) == ["a"])
    }

    /// A program that reads events from standard output finds nothing else there.
    @Test func theSummaryGoesToStandardErrorIfEventsGoToStandardOutput() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      let run = try trial.start(resume: false, ["--events", "-"]).wait()
      let lines = run.stdout.split(separator: "\n")
      #expect(run.status == 0 && !lines.isEmpty && lines.allSatisfy { $0.hasPrefix("{") }, "\(run)")
      #expect(run.stderr.contains("DONE  workflow 1"), "\(run)")
    }

    @Test func eventsAndResultCannotShareStandardOutput() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]))
      #expect(try trial.start(resume: false, ["--events", "-", "-o", "json"]).wait().status == 2)
      #expect(try trial.sandbox.ledger().lines.isEmpty)
    }
  }
}
