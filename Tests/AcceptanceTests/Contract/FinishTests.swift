import Foundation
import Testing

extension Acceptance {
  /// `on_finish`: it runs like a task, and neither its children nor its duration block the run.
  struct FinishTests {
    private static func workflow(_ finish: String, command: String = "true") throws -> String {
      """
      tool: t
      name: n
      workflow_args: x
      default_max_attempts: 1
      on_finish: \(String(decoding: try JSONEncoder().encode(finish), as: UTF8.self))
      task_templates: {go: {command_template: "\(command)"}}
      tasks: [{template: go}]
      """
    }

    private func process(_ sandbox: Sandbox, _ file: String) throws -> pid_t {
      try eventually("\(file) holds a process id") { sandbox.read(file).hasSuffix("\n") }
      return try #require(pid_t(sandbox.read(file).trimmingCharacters(in: .newlines)))
    }

    private func isGone(_ process: pid_t) throws {
      try eventually("process \(process) is gone", within: 10) { kill(process, 0) != 0 }
    }

    @Test func aRemainingChildDoesNotDelayTheRun() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        try Self.workflow(
          "setsid sh -c 'echo $$ > child; exec sleep 300' & while ! test -s child; do :; done"))
      let ended = try sandbox.run("run", file, seconds: 20)
      #expect(ended.status == 0, "\(ended)")
      #expect(!ended.stderr.contains("on_finish"), "\(ended)")
      try isGone(try process(sandbox, "child"))
    }

    @Test func anInterruptCancelsOnFinish() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        try Self.workflow("trap 'echo was asked >&2; exit 7' TERM; echo $$ > at; sleep 300 & wait"))
      let run = try sandbox.jobmon("run", file, "-o", "json")
      let shell = try process(sandbox, "at")
      run.signal(SIGINT)
      let ended = try run.wait(10)
      // The run was over: its result is unchanged.
      #expect(ended.status == 0, "\(ended)")
      #expect(try ended.object()["status"] as? String == "DONE")
      #expect(ended.stderr.contains("cancelling on_finish"), "\(ended)")
      #expect(ended.stderr.contains("on_finish was cancelled"), "\(ended)")
      try isGone(shell)
      #expect(try sandbox.run("logs", "-w", "1", "--stderr").stdout.contains("was asked\n"))
    }

    @Test func aSecondInterruptQuitsAtOnce() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__KILL_GRACE"] = "60s"
      let file = try sandbox.write(
        "workflow.yaml", try Self.workflow("trap '' TERM; echo $$ > at; while :; do sleep 0.1; done"))
      let run = try sandbox.jobmon("run", file)
      let shell = try process(sandbox, "at")
      run.signal(SIGINT)
      try eventually("it is being cancelled: \(run.stderr)") {
        run.hasEnded || run.stderr.contains("press Ctrl-C again")
      }
      #expect(!run.hasEnded, "\(run.stderr)")
      run.signal(SIGINT)
      #expect(try run.wait(10).status == 0)
      try isGone(shell)
    }

    @Test func onFinishIsNotRunAfterASecondInterrupt() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__KILL_GRACE"] = "60s"
      let file = try sandbox.write(
        "workflow.yaml",
        try Self.workflow("touch finished", command: "trap '' TERM; touch at; while :; do sleep 0.1; done"))
      let run = try sandbox.jobmon("run", file)
      try eventually("the task runs") { sandbox.exists("at") || run.hasEnded }
      run.signal(SIGINT)
      try eventually("it stops: \(run.stderr)") { run.hasEnded || run.stderr.contains("go") }
      run.signal(SIGINT)
      let ended = try run.wait(10)
      #expect(ended.status == 130 && ended.stderr.contains("on_finish was not run"), "\(ended)")
      #expect(!sandbox.exists("finished"))
    }

    @Test func outputAndExitCodeOfOnFinishAreShown() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        try Self.workflow(
          "echo out $JOBMON_STATUS $JOBMON_WORKFLOW_ID/$JOBMON_WORKFLOW_RUN_ID; echo err >&2; exit 3",
          command: "echo of the task"))
      let ended = try sandbox.run("run", file)
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stderr.contains("on_finish failed: exit code 3"), "\(ended)")
      let text = try sandbox.run("logs", "-w", "1").stdout
      let parts = text.components(separatedBy: "==> on_finish of run 1: ")
      #expect(parts.count == 3 && parts[0].contains("of the task"), "\(text)")
      #expect(parts[1].hasSuffix("on_finish.o1 <==\nout DONE 1/1\n"), "\(text)")
      #expect(parts[2].hasSuffix("on_finish.e1 <==\nerr\n"), "\(text)")
      let rows = try sandbox.rows("logs", "-w", "1", "--stdout").filter {
        $0["task_name"] as? String == "on_finish"
      }
      #expect(rows.count == 1 && rows[0]["text"] as? String == "out DONE 1/1\n")
      #expect(rows.first?["task_id"] is NSNull)
    }

    /// The cluster of the run does not matter: here the cluster and its time are simulated.
    @Test func onFinishRunsOnThisMachineForAnyCluster() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", try Self.workflow("echo $JOBMON_STATUS > finished"))
      let ended = try sandbox.run("run", file, "-c", "dummy")
      #expect(ended.status == 0, "\(ended)")
      #expect(sandbox.read("finished") == "DONE\n")
    }
  }
}
