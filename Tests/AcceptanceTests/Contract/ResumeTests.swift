import Foundation
import JobmonCore
import Testing

extension Acceptance {
  /// What a resume carries over from the run before.
  struct ResumeTests {
    private func run(_ sandbox: Sandbox, _ arguments: String..., environment: [String: String] = [:]) throws
      -> Child.Finished
    {
      try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments, environment: environment).wait()
    }

    @Test func aResumeByIDUsesTheClusterOfTheLastRun() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        task_templates: {go: {command_template: "echo $JOBMON_CLUSTER >>used; test -e ready"}}
        tasks: [{template: go}]
        """)
      #expect(try run(sandbox, "run", file).status == 1)
      #expect(try run(sandbox, "workflow_resume", "-w", "1", "-c", "sequential").status == 1)
      #expect(try run(sandbox, "workflow_resume", "-w", "1").status == 1)
      #expect(try run(sandbox, "run", file, "--resume").status == 1)
      try sandbox.write("ready", "")
      #expect(try run(sandbox, "workflow_resume", "-w", "1").status == 0)
      #expect(
        sandbox.read("used").split(separator: "\n") == [
          "local", "sequential", "sequential", "local", "local",
        ])
    }

    @Test func newSettingsAreInTheHistory() throws {
      let sandbox = try Sandbox()
      let text = """
        tool: t
        workflow_args: x
        max_concurrently_running: 3
        task_templates: {go: {command_template: "test -e ready"}}
        tasks: [{template: go}]
        """
      let file = try sandbox.write("workflow.yaml", text)
      #expect(try run(sandbox, "run", file, "--max-attempts", "1").status == 1)
      func rows() throws -> [[String: Any]] { try sandbox.rows("history", "-w", "1") }
      let before = try rows().count
      try sandbox.write("workflow.yaml", text.replacing("running: 3", with: "running: 2"))
      try sandbox.write("ready", "")
      #expect(try run(sandbox, "bind", file).status == 0)
      let added = try rows().dropFirst(before)
      #expect(added.map { $0["kind"] as? String } == ["limit", "workflow"])
      #expect(added.first?["from"] as? String == "3" && added.first?["to"] as? String == "2")
      #expect(try run(sandbox, "bind", file).status == 0)
      #expect(try rows().count == before + 2)
      let logs = try sandbox.rows("logs", "-t", "1")
      #expect(
        logs.map { $0["stream"] as? String } == ["stdout", "stderr"] && logs[0]["text"] as? String == "")
    }

    @Test func aListOfScalesContinuesInAResume() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 2
        default_compute_resources: {runtime: 1}
        default_resource_scales: {runtime: [2, 60]}
        task_templates: {go: {command_template: "sleep 4"}}
        tasks: [{template: go}]
        """)
      #expect(try run(sandbox, "run", file).status == 1)
      #expect(try run(sandbox, "workflow_resume", "-w", "1").status == 0)
      let task = try #require(sandbox.rows("workflow_tasks", "-w", "1").first?["task_id"] as? Int)
      let attempts = try sandbox.rows("task_status", "-t", String(task))
      #expect(
        attempts.compactMap { $0["status"] as? String } == ["RESOURCE_ERROR", "RESOURCE_ERROR", "DONE"])
    }

    /// The same events give exactly the same actions, for a run with retries, an interrupt and a resume.
    @Test func aRecordedRunIsReplayedExactly() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 2
        task_templates:
          short: {command_template: "true {n}", node_args: [n]}
          flaky: {command_template: "test -e tried || (touch tried; exit 3)"}
          late: {command_template: "test -e ready || (kill -INT $(cat driver); sleep 60)"}
        tasks:
          - {template: short, for_each: {n: {range: [1, 300]}}}
          - {template: flaky, upstream: [{template: short}]}
          - {template: late, upstream: [{template: flaky}]}
        """)
      let first = try sandbox.jobmon("run", file, environment: ["JOBMON_RECORD": sandbox.path("first")])
      try sandbox.write("driver", String(first.pid))
      let ended = try first.wait()
      #expect(ended.status == 130, "\(ended)")
      try sandbox.write("ready", "")
      #expect(
        try run(sandbox, "run", file, "--resume", environment: ["JOBMON_RECORD": sandbox.path("second")])
          .status == 0)
      for (record, least) in [("first", 20), ("second", 3)] {
        let replay = try EngineReplay(path: sandbox.path(record))
        #expect(replay.difference == nil)
        #expect(replay.turns >= least)
      }
    }

    @Test func aDifferenceInAReplayIsFound() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        task_templates: {go: {command_template: "true"}}
        tasks: [{template: go}]
        """)
      #expect(
        try run(sandbox, "run", file, environment: ["JOBMON_RECORD": sandbox.path("record")]).status == 0)
      let changed = sandbox.read("record").replacing(
        "\"instanceStatus\":\"DONE\"", with: "\"instanceStatus\":\"ERROR\"")
      try sandbox.write("changed", changed)
      #expect(try EngineReplay(path: sandbox.path("record")).difference == nil)
      #expect(try EngineReplay(path: sandbox.path("changed")).difference != nil)
    }
  }
}
