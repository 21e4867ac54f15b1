import Foundation
import Testing

extension Acceptance {
  /// `workflow rerun`, `task rerun`, and a live run that accepts them.
  struct RerunTests {
    /// A task that fails in its first run, one that waits for it, and one at a gate that keeps the run alive.
    private func gatedWithFailure(_ environment: [String: String] = [:]) throws -> (LedgerTrial, Child) {
      let sandbox = try Sandbox()
      let steps: [LedgerWorkflow.Step] = [
        .init("wait", "gate", sandbox.path("gate")), .init("bad", "flaky", "1"),
        .init("after", after: ["bad"]),
      ]
      var workflow = LedgerWorkflow(steps: steps, maxAttempts: 1)
      workflow.hasGateTemplate = true
      let trial = try LedgerTrial(workflow, in: sandbox)
      let run = try trial.start(
        resume: false, ["-o", "json"], environment: Sandbox.beating.merging(environment) { $1 })
      try eventually("the failure: \(run.stderr)") {
        try run.hasEnded || trial.tasks("FATAL") == ["bad"] && trial.tasks("RUNNING") == ["wait"]
      }
      return (trial, run)
    }

    private func starts(_ trial: LedgerTrial) throws -> [String] {
      try trial.sandbox.ledger().lines.filter { $0.word == .start }.map(\.task)
    }

    // MARK: Without a live run

    @Test func failedTasksRunAgain() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(
          steps: [.init("a"), .init("bad", "flaky", "1", after: ["a"]), .init("after", after: ["bad"])],
          maxAttempts: 1))
      #expect(try trial.start(resume: false).wait().status == 1)
      let shown = try trial.sandbox.run("workflow", "rerun", "-n", "--json")
      let rows = try #require(
        try JSONSerialization.jsonObject(with: Data(shown.stdout.utf8)) as? [[String: Any]], "\(shown)")
      #expect(rows.map { $0["task_name"] as? String } == ["bad", "after"])
      #expect(rows.map { $0["status"] as? String } == ["FATAL", "PENDING"])
      #expect(try trial.tasks("FATAL") == ["bad"])
      let run = try trial.sandbox.run("workflow", "rerun", "--failed", "-o", "json")
      let result = try run.object()
      #expect(run.status == 0 && result["status"] as? String == "DONE", "\(run)")
      #expect(result["tasks_previously_done"] as? Int == 1)
      #expect(try starts(trial) == ["a", "bad", "bad", "after"])
      try trial.expectAllDone()
      let none = try trial.sandbox.run("workflow", "rerun")
      #expect(
        none.status == 0 && none.stdout == "workflow 1 has no FATAL tasks: nothing to rerun\n", "\(none)")
      #expect(try trial.sandbox.run("db_check").status == 0)
    }

    @Test func doneTasksRunAgainAfterConfirmation() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [
          .init("a"), .init("b", after: ["a"]), .init("c", after: ["b"]), .init("other"),
        ]))
      #expect(try trial.start(resume: false).wait().status == 0)
      let asked = try trial.sandbox.run("task", "rerun", "b")
      #expect(asked.status == 2 && asked.stderr.contains("2 of them DONE: b, c"), "\(asked)")
      let command = "\(Sandbox.programs)/jobmon task rerun b"
      let refused = try trial.sandbox.shell("echo n | script -qec '\(command)' /dev/null")
      #expect(refused.contains("Continue?") && refused.contains("nothing was changed"), "\(refused)")
      try trial.expectAllDone()
      let run = try trial.sandbox.run("task", "rerun", "b", "-y", "-o", "json")
      #expect(run.status == 0, "\(run)")
      #expect(try run.object()["tasks_previously_done"] as? Int == 2)
      #expect(try starts(trial).suffix(2) == ["b", "c"])
      let byTemplate = try trial.sandbox.run("workflow", "rerun", "--template", "step", "-f", "-o", "json")
      #expect(try byTemplate.object()["tasks_previously_done"] as? Int == 0, "\(byTemplate)")
      #expect(try starts(trial).count == 10)
      try trial.expectAllDone()
      let steps = try trial.sandbox.rows("history", "-w", "1", "-l", "0")
      let set = steps.filter { $0["kind"] as? String == "task" && $0["from"] as? String == "DONE" }
      #expect(set.count == 6 && set.allSatisfy { $0["to"] as? String == "PENDING" }, "\(set)")
    }

    // MARK: Resources

    private static let asking = """
      tool: t
      name: asking
      workflow_args: x
      default_max_attempts: 1
      default_compute_resources: {memory: 100M, runtime: 1m}
      task_templates:
        work: {command_template: "echo $JOBMON_MEMORY_BYTES >> asked.{n}; test -e good", node_args: [n]}
        after: {command_template: "echo $JOBMON_MEMORY_BYTES >> after"}
      tasks:
        - {template: work, for_each: {n: [1, 2]}}
        - {template: after, upstream: [{template: work}]}
      """

    @Test func newResourcesAreKept() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.asking)
      #expect(try sandbox.run("run", file, "--quiet").status == 1)
      #expect(try sandbox.run("workflow", "rerun", "--memory", "x1.5", "--quiet").status == 1)
      #expect(sandbox.read("asked.1") == "104857600\n157286400\n")
      // A resume uses them, too.
      #expect(try sandbox.run("workflow", "resume", "--quiet").status == 1)
      #expect(sandbox.read("asked.1") == "104857600\n157286400\n157286400\n")
      let shown = try sandbox.rows("task", "rerun", "1", "--memory", "300M", "--runtime", "x2", "--json")
      #expect(shown.first?["new_memory"] as? Int == 300 << 20 && shown.first?["new_runtime"] as? Int == 120)
      #expect(shown.last?["new_memory"] is NSNull, "the task downstream keeps its own")
      try sandbox.write("good", "")
      #expect(
        try sandbox.run("task", "rerun", "1", "--memory", "300M", "--runtime", "x2", "--quiet").status == 0)
      #expect(sandbox.read("asked.1").hasSuffix("157286400\n314572800\n"))
      #expect(sandbox.read("asked.2").hasSuffix("157286400\n157286400\n"))
      #expect(sandbox.read("after") == "104857600\n")
      #expect(try sandbox.query("SELECT count(*) FROM settings") == "3\n")
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test(arguments: [["--memory", "y"], ["--memory", "x0"], ["--runtime", "x-1"], ["--runtime", "8G"]])
    func invalidAmountsAreRefused(words: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.asking)
      #expect(try sandbox.run("run", file, "--quiet").status == 1)
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon", "workflow", "rerun"] + words).wait()
      #expect(refused.status == 2 && refused.stderr.contains("\(words[0]) \(words[1]): give"), "\(refused)")
      #expect(try sandbox.query("SELECT count(*) FROM run") == "1\n")
    }

    /// A task that ran out of time gets more, as in a resume.
    @Test func anExhaustedResourceIsScaled() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: slow
        workflow_args: x
        default_compute_resources: {runtime: 1s}
        task_templates: {a: {command_template: "sleep 1.3"}}
        tasks: [{template: a, max_attempts: 1}]
        """)
      #expect(try sandbox.run("run", file, "--quiet").status == 1)
      let run = try sandbox.run("workflow", "rerun", "--quiet")
      #expect(run.status == 0, "\(run)")
      #expect(
        try sandbox.query(
          "SELECT json_extract(value, '$.runtime') FROM instance JOIN batch ON batch.id = batch_id JOIN request ON request.id = request_id ORDER BY instance.id"
        ) == "1\n2\n")
    }

    // MARK: A live run

    @Test func aLiveRunRerunsFailedTasks() throws {
      let (trial, run) = try gatedWithFailure()
      let told = try trial.sandbox.run("workflow", "rerun", "--failed", "-o", "json")
      #expect(told.status == 0, "\(told)")
      let object = try told.object()
      #expect(object["changed"] as? Int == 1 && object["workflow_run_id"] as? Int == 1, "\(object)")
      try eventually("they are done: \(run.stderr)") {
        try run.hasEnded || Set(trial.tasks("DONE")) == ["bad", "after"]
      }
      #expect(!run.hasEnded)
      try trial.sandbox.open(gate: "gate")
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      let result = try ended.object()
      #expect(result["tasks_fatal"] as? Int == 0 && (result["failed_tasks"] as? [Any])?.isEmpty == true)
      #expect(try starts(trial).count { $0 == "bad" } == 2)
      let history = try trial.sandbox.rows("history", "-w", "1", "-l", "0")
      let set = history.filter { $0["from"] as? String == "FATAL" }
      #expect(set.count == 1 && set[0]["to"] as? String == "PENDING", "\(set)")
      #expect((set.first?["by"] as? String)?.hasPrefix("run") == false, "\(set)")
      let seqs = history.compactMap { $0["seq"] as? Int }
      #expect(seqs == Set(seqs).sorted())
      #expect(try trial.sandbox.run("db_check").status == 0)
    }

    @Test func aLiveRunRerunsDoneTasks() throws {
      let sandbox = try Sandbox()
      var workflow = LedgerWorkflow(steps: [
        .init("wait", "gate", sandbox.path("gate")), .init("a"), .init("b", after: ["a"]),
        .init("c", after: ["b", "wait"]),
      ])
      workflow.hasGateTemplate = true
      let trial = try LedgerTrial(workflow, in: sandbox)
      let run = try trial.startToGate(["-o", "json"])
      try eventually("b is done: \(run.stderr)") { try Set(trial.tasks("DONE")) == ["a", "b"] }
      let asked = try sandbox.run("task", "rerun", "a")
      #expect(asked.status == 2, "\(asked)")
      let told = try sandbox.run("task", "rerun", "a", "-f")
      #expect(told.status == 0 && told.stdout.contains("runs 2 tasks again"), "\(told)")
      try eventually("b is done again: \(run.stderr)") {
        try run.hasEnded || starts(trial).count { $0 == "b" } == 2 && trial.tasks("DONE").count == 2
      }
      try sandbox.open(gate: "gate")
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      #expect(try ended.object()["tasks_done"] as? Int == 4)
      #expect(try starts(trial).filter { $0 != "wait" } == ["a", "b", "a", "b", "c"])
      try trial.expectAllDone()
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func nothingIsRerunUpstreamOfARunningTask() throws {
      let sandbox = try Sandbox()
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [.init("a"), .init("hold", "gate", sandbox.path("gate"), after: ["a"])]),
        in: sandbox)
      let run = try trial.start(resume: false)
      try eventually("hold runs: \(run.stderr)") { try trial.tasks("RUNNING") == ["hold"] }
      let refused = try sandbox.run("task", "rerun", "a", "-f", "--memory", "1G")
      #expect(refused.status == 3, "\(refused)")
      #expect(refused.stderr.contains("'hold' is running") && refused.stderr.contains("workflow stop"))
      #expect(try trial.tasks("DONE") == ["a"])
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      #expect(try starts(trial) == ["a", "hold"])
      #expect(try sandbox.query("SELECT count(*) FROM settings") == "1\n")
    }

    @Test func aLiveRunUsesTheNewResources() throws {
      let sandbox = try Sandbox()
      let gate = "  gate: {command_template: \"until test -e gate; do sleep 0.01; done\"}\ntasks:"
      let file = try sandbox.write(
        "w.yaml", Self.asking.replacing("tasks:", with: gate) + "\n  - {template: gate}\n")
      let run = try sandbox.jobmon("run", file, "--quiet")
      try eventually("two have failed: \(run.stderr)") {
        try run.hasEnded
          || sandbox.exists("jobmon.db") && sandbox.exists("asked.2")
            && sandbox.rows("workflow_tasks", "-w", "1", "-l", "0", "-s", "FATAL").count == 2
      }
      let told = try sandbox.run("workflow", "rerun", "--memory", "x1.5")
      #expect(told.status == 0, "\(told)")
      try eventually("they have failed again: \(run.stderr)") {
        sandbox.read("asked.1") == "104857600\n157286400\n"
          && sandbox.read("asked.2") == sandbox.read("asked.1")
      }
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 1)
      try sandbox.write("good", "")
      #expect(try sandbox.run("workflow", "resume", "--quiet").status == 0)
      #expect(sandbox.read("asked.1") == "104857600\n157286400\n157286400\n")
      #expect(sandbox.read("after") == "104857600\n")
    }

    // MARK: Crashes

    /// If the driver is killed before it has accepted the request, the command starts a run itself. If it is killed
    /// afterwards, the tasks are reset and the next resume runs them.
    @Test(arguments: ["driver.rerun.before", "driver.rerun.after"])
    func aRerunSurvivesAKilledDriver(point: String) throws {
      let (trial, run) = try gatedWithFailure(["JOBMON_KILL_AT": point])
      let again = try trial.sandbox.jobmon("workflow", "rerun", "--no-progress")
      #expect(try run.wait().status == -SIGKILL)
      try trial.sandbox.open(gate: "gate")
      let told = try again.wait()
      #expect(told.status == 0, "\(told)")
      if point == "driver.rerun.after" {
        #expect(told.stdout.contains("runs 1 task again"), "\(told)")
        #expect(try trial.start().wait().status == 0)
      }
      #expect(try starts(trial).count { $0 == "bad" } == 2)
      let set = try trial.sandbox.rows("history", "-w", "1", "-l", "0").filter {
        $0["from"] as? String == "FATAL"
      }
      #expect(set.count == 1, "\(set)")
      try trial.expectAllDone()
      #expect(try trial.sandbox.run("db_check").status == 0)
    }

    /// The command is killed when the request is committed. The run accepts it nevertheless.
    @Test func aRerunSurvivesAKilledCommand() throws {
      let (trial, run) = try gatedWithFailure()
      let killed = try trial.sandbox.run(
        "workflow", "rerun", environment: ["JOBMON_KILL_AT": "store.rerun.after-commit"])
      #expect(killed.status == -SIGKILL, "\(killed)")
      try eventually("they are done: \(run.stderr)") {
        try run.hasEnded || Set(trial.tasks("DONE")) == ["bad", "after"]
      }
      try trial.sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
      #expect(try starts(trial).count { $0 == "bad" } == 2)
    }

    /// The last task ends while the request is on its way: the request is neither lost nor carried out twice.
    @Test func aRerunAtTheEndOfTheRunIsCarriedOutOnce() throws {
      for _ in 0..<4 {
        let (trial, run) = try gatedWithFailure()
        let again = try trial.sandbox.jobmon("workflow", "rerun", "--no-progress")
        try trial.sandbox.open(gate: "gate")
        let told = try again.wait()
        #expect(told.status == 0, "\(told)")
        let ended = try run.wait()
        #expect(try starts(trial).count { $0 == "bad" } == 2, "\(ended)\n\(told)")
        try trial.expectAllDone()
      }
    }
  }
}
