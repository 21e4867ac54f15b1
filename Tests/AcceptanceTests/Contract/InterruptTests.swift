import Foundation
import Testing

extension Acceptance.Alone {
  /// Ctrl-C, timeouts and `workflow_stop`: the run ends, nothing is lost, and it says how to continue.
  struct InterruptTests {
    private func running(_ more: [String] = []) throws -> (LedgerTrial, Child) {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 3)
      let run = try trial.start(resume: false, ["-o", "json"] + more)
      try eventually("the gate: \(run.stderr)") {
        trial.sandbox.read("ledger").contains("start wait") || run.hasEnded
      }
      return (trial, run)
    }

    private func continues(_ trial: LedgerTrial, _ context: String) throws {
      try trial.recordStore()
      #expect(try trial.tasks("DONE").isEmpty)
      try trial.sandbox.open(gate: "gate")
      try trial.finishAndCheckLaws(context)
      // The commands that the driver ended did not use an attempt.
      #expect(try trial.sandbox.ledger().lines.allSatisfy { $0.word != .start || $0.attempt == 1 })
      let row = try trial.sandbox.rows("workflow_tasks", "-w", "1", "-l", "0").first {
        $0["task_name"] as? String == "wait"
      }
      #expect(row?["retries"] as? Int == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalStopsTheRun(number: Int32) throws {
      let (trial, run) = try running()
      run.signal(number)
      let ended = try run.wait(10)
      #expect(ended.status == 130, "\(ended)")
      #expect(try ended.object()["status"] as? String == "STOPPED")
      #expect(ended.stderr.contains("resume"), "how to continue: \(ended)")
      try continues(trial, "signal \(number)")
    }

    @Test func aSecondSignalQuitsAtOnce() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__KILL_GRACE"] = "60s"
      // A command that ignores TERM.
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        task_templates: {go: {command_template: "trap '' TERM; touch started; while :; do sleep 0.1; done"}}
        tasks: [{template: go}]
        """)
      let run = try sandbox.jobmon("run", file)
      try eventually("the command") { sandbox.exists("started") || run.hasEnded }
      run.signal(SIGINT)
      try eventually("it says what still runs") { run.hasEnded || run.stderr.contains("go") }
      #expect(!run.hasEnded, "\(run.stderr)")
      run.signal(SIGINT)
      #expect(try run.wait(5).status == 130)
      try eventually("the worker ends it: \(sandbox.processes())", within: 5) { sandbox.processes().isEmpty }
    }

    @Test func workflowStopStopsTheRun() throws {
      let (trial, run) = try running()
      let stop = try trial.sandbox.run("workflow_stop", "-w", "1", "--cancel", "-n")
      #expect(stop.status == 0, "\(stop)")
      #expect(try stop.object()["changed"] as? Int == 1)
      let ended = try run.wait(10)
      #expect(ended.status == 130, "\(ended)")
      #expect(try ended.object()["status"] as? String == "STOPPED")
      try continues(trial, "workflow_stop")
    }

    @Test func aTimeoutIsAnError() throws {
      let (trial, run) = try running(["--seconds-until-timeout", "1"])
      let ended = try run.wait(10)
      #expect(ended.status == 1, "\(ended)")
      #expect(try ended.object()["status"] as? String == "ERROR")
      #expect(try ended.object()["tasks_fatal"] as? Int == 0)
      try continues(trial, "timeout")
    }

    /// An ignored SIGHUP (nohup) stays ignored.
    @Test func nohupIsRespected() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let run = try trial.sandbox.start([
        "/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh", "\(Sandbox.programs)/jobmon", "run",
        trial.sandbox.path("workflow.json"),
      ])
      try eventually("the gate") { trial.sandbox.read("ledger").contains("start wait") || run.hasEnded }
      run.signal(SIGHUP)
      try trial.sandbox.open(gate: "gate")
      #expect(try run.wait(10).status == 0)
      try trial.checkLaws("nohup")
    }
  }
}

extension Acceptance.Alone.InterruptTests {
  /// A plugin that answers the calls before this one, then sleeps and ignores every signal except KILL.
  private static func deaf(until call: String) -> String {
    """
    #!/usr/bin/env python3
    import json, signal, sys, time
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    def put(**message):
        print(json.dumps(dict(message, jsonrpc="2.0")), flush=True)
    for line in sys.stdin:
        call = json.loads(line)
        if call["method"] == "\(call)":
            open("asked", "w").close()
            time.sleep(1000)
        if call["method"] == "start":
            put(method="info", params={"protocol": {"min": 1, "max": 1}, "max_batch": 1, "outlives_driver": True,
                "placement": {"by": "backend", "max_outstanding": 1}})
        if call["method"] == "validate":
            put(method="validated", params={"call": call["id"], "verdicts": [{"verdict": "ok"} for _ in call["params"]["requests"]]})
        if call["method"] == "submit":
            for task in call["params"]["tasks"]:
                put(method="submitted", params={"instances": [task["instance"]], "verdict": "accepted"})
                put(method="ended", params={"instance": task["instance"], "outcome": {"cause": "exit", "code": 0}})
        put(id=call["id"], result={})
    """
  }

  /// Ctrl-C while a plugin does not answer: once before anything runs, twice while it runs.
  @Test(arguments: [("start", 1, 130), ("validate", 1, 130), ("submit", 2, 130), ("stop", 1, 0)])
  func anInterruptWorksWhileAPluginDoesNotAnswer(_ call: String, _ times: Int, _ status: Int32) throws {
    let sandbox = try Sandbox()
    try sandbox.program("plugin", Self.deaf(until: call))
    try sandbox.write(
      "plugins.json",
      #"{"plugins": {"deaf": {"command": ["./plugin"]}}, "clusters": {"deaf": {"plugin": "deaf"}}}"#)
    let file = try sandbox.write(
      "w.yaml",
      "tool: t\nname: n\ntask_templates: {a: {command_template: 'true'}}\ntasks: [{template: a}]\n")
    let run = try sandbox.jobmon("run", file, "-c", "deaf", "--plugins", "plugins.json")
    try eventually("it is asked: \(run.stderr)") { sandbox.exists("asked") || run.hasEnded }
    if call == "stop" {
      try eventually("it says what it waits for: \(run.stderr)") {
        run.stderr.contains("waiting for cluster deaf") || run.hasEnded
      }
    }
    for count in 1...times {
      run.signal(SIGINT)
      if count < times {
        try eventually("it has received the signal: \(run.stderr)") {
          run.stderr.contains("interrupted") || run.hasEnded
        }
      }
    }
    let began = Date()
    let ended = try run.wait(60)
    #expect(ended.status == status, "\(ended)")
    #expect(Date().timeIntervalSince(began) < 4, "\(ended)")
    #expect(sandbox.processes().isEmpty, "the plugin is left: \(sandbox.processes())")
  }
}
