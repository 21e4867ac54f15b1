import Foundation
import Testing

extension Acceptance {
  /// Why something is not running, as seen by another process.
  struct ExplainTests {
    private func because(_ sandbox: Sandbox, _ name: String) throws -> (
      state: String, because: String, details: String
    ) {
      let tasks = try sandbox.rows("workflow_tasks", "-w", "1", "-l", "0")
      let id = try #require(tasks.first { $0["task_name"] as? String == name }?["task_id"] as? Int)
      let row = try #require(try sandbox.rows("explain", "-t", String(id)).first)
      #expect(Set(row.keys) == ["task_id", "state", "because", "details"])
      #expect(row["task_id"] as? Int == id)
      return (row["state"] as! String, row["because"] as! String, row["details"] as! String)
    }

    @Test func statesOfTasksAreExplained() throws {
      let sandbox = try Sandbox()
      let gate = sandbox.path("gate")
      let trial = try LedgerTrial(
        LedgerWorkflow(
          steps: [
            .init("a", "gate", gate), .init("b", "gate", gate), .init("c", after: ["a", "b"]),
            .init("d", "fail", "7"),
            .init("e", after: ["d"]), .init("f", after: ["c"]),
          ], maxAttempts: 1),
        in: sandbox)
      let plugins = try sandbox.write(
        "plugins.json", #"{"clusters": {"local": {"plugin": "local", "options": {"slots": 4}}}}"#)
      let run = try trial.start(resume: false, ["--plugins", plugins])
      try eventually("two run, one has failed") {
        try trial.workflowID() != nil && trial.tasks("RUNNING").count == 2 && trial.tasks("FATAL") == ["d"]
      }
      let a = try because(sandbox, "a")
      #expect(a.state == "RUNNING")
      #expect(a.because == "Running.")
      let c = try because(sandbox, "c")
      #expect(c.because == "Waiting for 2 of 2 upstream tasks.")
      #expect(c.details.contains("a (task") && c.details.contains("RUNNING"))
      let d = try because(sandbox, "d")
      #expect(d.because == "FATAL: no attempts left.")
      #expect(d.details.contains("exit code 7"))
      #expect(try because(sandbox, "e").because == "Waiting for a FATAL task.")
      let whole = try sandbox.rows("explain", "-w", "1")
      #expect(whole.first?["because"] as? String == "A run is active.")
      #expect(whole.first?["task_id"] is NSNull)
      #expect(whole.count == 4, "the workflow, what runs, and what has failed: \(whole)")

      run.signal(SIGKILL)
      _ = try run.wait()
      #expect(try because(sandbox, "f").because == "No run is active.")
      #expect(
        try sandbox.rows("explain", "-w", "1").first?["because"] as? String
          == "No run is active; some tasks are FATAL.")
      try sandbox.open(gate: "gate")
    }

    @Test func limitsAndPausesAreExplained() throws {
      let sandbox = try Sandbox()
      let gate = sandbox.path("gate")
      let steps = (0..<3).map { LedgerWorkflow.Step("t\($0)", "gate", gate) }
      let trial = try LedgerTrial(LedgerWorkflow(steps: steps, limit: 1), in: sandbox)
      let run = try trial.start(resume: false)
      try eventually("one runs") { try trial.workflowID() != nil && trial.tasks("RUNNING").count == 1 }
      let waiting = try #require(try trial.tasks("PENDING").first)
      #expect(try because(sandbox, waiting).because == "The workflow's limit of 1 task at once is reached.")
      #expect(try sandbox.run("concurrency_limit", "-w", "1", "-m", "0").status == 0)
      #expect(try because(sandbox, waiting).because == "The workflow is paused.")
      #expect(
        try sandbox.rows("explain", "-w", "1").first?["because"] as? String == "The workflow is paused.")
      #expect(
        try sandbox.run("concurrency_limit", "-w", "1", "-m", "9", "--task_template", "step").status == 0)
      #expect(try sandbox.run("concurrency_limit", "-w", "1", "-m", "9").status == 0)
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      #expect(try because(sandbox, "t0").because == "DONE.")
      #expect(try sandbox.rows("explain", "-w", "1").first?["because"] as? String == "All tasks are DONE.")
    }

    /// After an infrastructure failure: the time until which the task is held back.
    @Test func aBackoffIsExplained() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__BACKOFF_FIRST"] = "1m"
      let registry = try sandbox.write(
        "bad.json", #"{"clusters": {"bad": {"plugin": "dummy", "options": {"faults": {"launch": 1}}}}}"#)
      chmod(registry, 0o600)
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: n
        task_templates: {a: {command_template: "true"}}
        tasks: [{template: a}]
        """)
      let run = try sandbox.jobmon("run", "w.yaml", "-c", "bad", "--plugins", registry)
      var row: [String: Any] = [:]
      try eventually("it has failed: \(run.stderr)") {
        guard sandbox.exists("jobmon.db"), try sandbox.rows("workflow_status").first?["retries"] as? Int == 1
        else {
          return false
        }
        row = try sandbox.rows("explain", "-t", "1").first ?? [:]
        return true
      }
      let because = try #require(row["because"] as? String)
      #expect(because.hasPrefix("Waiting to retry, not before 20"), "\(row)")
      #expect((row["details"] as? String)?.contains("could not start") == true, "\(row)")
      run.signal(SIGKILL)
      _ = try run.wait()
    }

    @Test func invalidRequestsAreRefused() throws {
      let sandbox = try Sandbox()
      #expect(try sandbox.run("explain").status == 2)
      #expect(try sandbox.run("explain", "-t", "1", "-w", "1").status == 2)
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a")]), in: sandbox)
      #expect(try trial.start(resume: false).wait().status == 0)
      let missing = try sandbox.run("explain", "-t", "99")
      #expect(missing.status == 2)
      #expect(missing.stderr.contains("task 99"))
    }
  }
}
