import Foundation
import Testing

extension Acceptance {
  /// A killed driver is shown as dead by everything that shows its workflow. So is a database that was removed during a
  /// run.
  struct DeadDriverTests {
    private func killed(_ sandbox: Sandbox) throws {
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: night
        workflow_args: x
        task_templates:
          wait: {command_template: "touch up; while ! test -e gate; do sleep 0.05; done"}
          after: {command_template: "true"}
        tasks: [{template: wait}, {template: after, upstream: [{template: wait}]}]
        """)
      let run = try sandbox.jobmon("run", file)
      try eventually("it runs") {
        sandbox.exists("up") && (try? sandbox.rows("workflow_status").first?["running"] as? Int) == 1
      }
      run.signal(SIGKILL)
      try run.wait()
    }

    @Test func everyListingShowsADeadDriver() throws {
      let sandbox = try Sandbox()
      try killed(sandbox)
      let since = /dead since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
      for command in [
        ["workflow_status"], ["workflow_tasks", "-w", "1"], ["task_status", "-t", "1"],
        ["explain", "-w", "1"],
        ["explain", "-t", "1"], ["explain", "-t", "2"], ["watch", "-w", "1"],
      ] {
        let told = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(told.stdout.contains(since), "\(command): \(told)")
        let isShownAsAlive = told.stdout.contains("Running.") || told.stdout.contains("A run is active")
        #expect(!isShownAsAlive, "\(command): \(told)")
      }
      for command in [
        ["explain", "-w", "1"], ["explain", "-t", "1"], ["explain", "-t", "2"], ["watch", "-w", "1"],
      ] {
        let told = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(told.stdout.contains("jobmon workflow resume -w 1"), "\(command): \(told)")
      }
      let row = try #require(try sandbox.rows("workflow_status").first)
      #expect(row["wf_status"] as? String == "RUNNING")
      #expect((row["driver"] as? String)?.contains(since) == true)
      let tasks = try sandbox.rows("workflow_tasks", "-w", "1")
      #expect((tasks[0]["driver"] as? String)?.contains(since) == true && tasks[1]["driver"] == nil)
      #expect(try sandbox.run("report", "-w", "1", "-f", "r.html").status == 0)
      #expect(sandbox.read("r.html").contains(since))
      // A resume clears it.
      try sandbox.open(gate: "gate")
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 0)
      #expect(try sandbox.rows("workflow_status").first?["driver"] == nil)
      #expect(try !sandbox.run("explain", "-w", "1").stdout.contains("dead"))
    }

    @Test(arguments: ["rm jobmon.db*", "mv jobmon.db other.db", "cp jobmon.db c && mv c jobmon.db"])
    func aRemovedDatabaseEndsTheRun(command: String) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        task_templates: {wait: {command_template: "touch up; while ! test -e gate; do sleep 0.05; done"}}
        tasks: [{template: wait}]
        """)
      let run = try sandbox.jobmon("run", file, "-o", "json")
      try eventually("it runs") { sandbox.exists("up") }
      try sandbox.shell(command)
      let ended = try run.wait(20)
      #expect(ended.status == 1, "\(ended)")
      let error = try #require(try ended.object()["error"] as? [String: Any], "\(ended)")
      #expect(error["code"] as? String == "store_unavailable")
      #expect((error["message"] as? String)?.contains("removed or replaced") == true, "\(ended)")
      try eventually("the command has ended: \(sandbox.processes())", within: 10) {
        sandbox.processes().isEmpty
      }
    }

    /// A run too short for a check in between must not be reported as DONE either.
    @Test func aShortRunWithARemovedDatabaseIsNotDone() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        task_templates: {a: {command_template: "rm $JOBMON_DATABASE"}}
        tasks: [{template: a}]
        """)
      let ended = try sandbox.run("run", file)
      #expect(ended.status == 1 && ended.stderr.contains("removed or replaced"), "\(ended)")
    }
  }
}
