import Foundation
import Testing

extension Acceptance {
  /// Signals in every phase of a run, and which signal settings commands inherit.
  struct SignalTests {
    private func start(_ sandbox: Sandbox, _ command: String, _ more: String...) throws -> Child {
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        workflow_args: x
        task_templates: {a: {command_template: "\(command)"}}
        tasks: [{template: a}]

        """)
      return try sandbox.start(["\(Sandbox.programs)/jobmon", "run", file] + more)
    }

    private func status(_ sandbox: Sandbox) throws -> String? {
      try sandbox.rows("workflow_status").first?["wf_status"] as? String
    }

    /// The worker is stopped, so the run cannot end by itself.
    @Test(arguments: [(SIGINT, SIGINT), (SIGTERM, SIGTERM), (SIGHUP, SIGINT)])
    func aSecondSignalEndsABlockedRun(first: Int32, second: Int32) throws {
      let sandbox = try Sandbox()
      let run = try start(sandbox, "touch started; exec sleep 60")
      try eventually("the command") { sandbox.exists("started") || run.hasEnded }
      let workers = sandbox.processes().filter { $0.program == "jobmon-worker" }
      #expect(workers.count == 1)
      for worker in workers { kill(worker.pid, SIGSTOP) }
      run.signal(first)
      try eventually("it has received the signal: \(run.stderr)") {
        run.stderr.contains("interrupted") || run.hasEnded
      }
      #expect(!run.hasEnded)
      #expect(
        run.stderr.contains(
          "interrupted: no new tasks; cancelling 1 task on this machine; press Ctrl-C again to quit now"))
      run.signal(second)
      #expect(try run.wait(5).status == 130)
      for worker in workers { kill(worker.pid, SIGCONT) }
      try eventually("the worker ends the command") { sandbox.processes().isEmpty }
      #expect(try sandbox.run("run", sandbox.path("w.yaml"), "--resume", "--dry-run").status == 0)
    }

    /// A closed terminal may send SIGHUP twice; a command that needs time to end is still waited for.
    @Test func twoHangupsAreOneInterrupt() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__KILL_GRACE"] = "20s"
      let run = try start(
        sandbox,
        "trap 'while ! test -e gate; do sleep 0.02; done; exit 3' TERM; touch started; sleep 60 & wait")
      try eventually("the command") { sandbox.exists("started") || run.hasEnded }
      run.signal(SIGHUP)
      try eventually("it has received the signal") { run.stderr.contains("interrupted") || run.hasEnded }
      run.signal(SIGHUP)
      try sandbox.open(gate: "gate")
      let ended = try run.wait(10)
      #expect(ended.status == 130 && !ended.stderr.contains("interrupted again"), "\(ended)")
      #expect(ended.stdout.contains("STOPPED"), "\(ended)")
      #expect(try status(sandbox) == "HALTED")
    }

    /// The terminal is closed during a run: the run is interrupted, or continues if SIGHUP is ignored.
    @Test(arguments: [("", "HALTED"), ("trap '' HUP; ", "DONE")])
    func aClosedTerminalInterruptsARunUnlessHangupsAreIgnored(setting: String, status expected: String) throws
    {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        default_max_attempts: 1
        task_templates:
          wait: {command_template: "touch started; while ! test -e gate; do sleep 0.02; done; echo no >&2; exit {n}", node_args: [n]}
        tasks: [{template: wait, for_each: {n: [0]}}]

        """)
      let terminal = try sandbox.start(
        ["script", "-qec", "\(setting)exec \(Sandbox.programs)/jobmon run \(file)", "/dev/null"],
        environment: ["TERM": "xterm"])
      try eventually("the command") { sandbox.exists("started") || terminal.hasEnded }
      let run = try #require(sandbox.processes().first { $0.program == "jobmon" }).pid
      terminal.signal(SIGKILL)
      try terminal.wait(10)
      // The display is updated four times a second, so it writes to the closed terminal before the command ends.
      if expected == "DONE" {
        let size = {
          (try? String(contentsOfFile: "/proc/\(run)/io", encoding: .utf8))?.split(separator: "\n")[3]
        }
        let before = size()
        try eventually("it writes to the closed terminal") { size() != before }
        try sandbox.open(gate: "gate")
      }
      try eventually("the run is over") { !sandbox.processes().contains { $0.program == "jobmon" } }
      #expect(try status(sandbox) == expected)
    }

    /// When the run is over and its result waits for a reader, Ctrl-C ends the program.
    @Test func anInterruptEndsTheRemainingOutput() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        default_max_attempts: 1
        on_finish: touch finished
        task_templates: {a: {command_template: "head -c 3000 /dev/zero | tr '\\\\0' x >&2; exit {n}", node_args: [n]}}
        tasks: [{template: a, for_each: {n: {range: [1, 40]}}}]

        """)
      let held = try sandbox.start([
        "python3", "-c",
        """
        import os, signal, subprocess, sys, time
        reader, writer = os.pipe()
        run = subprocess.Popen([sys.argv[1], "run", "w.yaml", "-o", "json", "--quiet"], stdout=writer)
        # The pipe is full when what it holds does not grow any more: 64 KiB.
        import array, fcntl
        held = array.array("i", [0])
        while held[0] < 65536 and run.poll() is None:
            fcntl.ioctl(reader, 21531, held)  # FIONREAD
            time.sleep(0.01)
        assert run.poll() is None
        run.send_signal(signal.SIGINT)
        print(run.wait(5))
        """, "\(Sandbox.programs)/jobmon",
      ]).wait(30)
      #expect(held.stdout == "-2\n", "\(held)")
      #expect(sandbox.exists("finished"))
      #expect(try status(sandbox) == "FAILED")
    }

    /// The program waits for a plugin that does not answer; Ctrl-C ends this before anything ran.
    @Test(arguments: [false, true]) func anInterruptEndsWaitingForACluster(isResume: Bool) throws {
      let sandbox = try Sandbox()
      let plugin = try sandbox.program("silent", "#!/bin/sh\ntouch asked\nexec sleep 60\n")
      let registry = try sandbox.write(
        "plugins.json",
        #"{"plugins": {"silent": {"command": ["\#(plugin)"]}}, "clusters": {"silent": {"plugin": "silent"}}}"#
      )
      chmod(registry, 0o600)
      let file = try sandbox.write(
        "w.yaml",
        "tool: t\nname: w\nworkflow_args: x\ntask_templates: {a: {command_template: \"true\"}}\ntasks: [{template: a}]\n"
      )
      if isResume { #expect(try sandbox.run("bind", file).status == 0) }
      let arguments = isResume ? ["workflow_resume", "-w", "1"] : ["run", file]
      let run = try sandbox.start(
        ["\(Sandbox.programs)/jobmon"] + arguments
          + ["-c", "silent", "--plugins", registry, "-o", "json"])
      try eventually("the plugin is asked: \(run.stderr)") { sandbox.exists("asked") || run.hasEnded }
      run.signal(SIGINT)
      let ended = try run.wait(10)
      #expect(ended.status == 130, "\(ended)")
      #expect(try ended.object()["status"] as? String == "STOPPED")
      #expect(sandbox.processes().isEmpty, "\(sandbox.processes())")
      #expect(try sandbox.run("workflow_resume", "-w", "1", "-c", "local").status == 0)
    }

    /// The program waits for a run that cannot hand over; Ctrl-C ends the waiting.
    @Test func anInterruptEndsWaitingForAnEarlierRun() throws {
      let sandbox = try Sandbox()
      let run = try start(sandbox, "touch started; exec sleep 60")
      try eventually("the command") { sandbox.exists("started") || run.hasEnded }
      run.signal(SIGSTOP)
      let resume = try sandbox.jobmon("workflow_resume", "-w", "1")
      try eventually("it asks") { resume.stderr.contains("to hand over") || resume.hasEnded }
      resume.signal(SIGINT)
      let ended = try resume.wait(5)
      #expect(ended.status == 130 && ended.stdout.contains("interrupted before any task started"), "\(ended)")
    }

    /// Commands get the default action for the signals that jobmon itself ignores or handles.
    @Test func commandsHaveDefaultSignalHandlers() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        on_finish: "grep -E 'Sig(Ign|Blk)' /proc/self/status >finish"
        task_templates:
          shell: {command_template: "grep -E 'Sig(Ign|Blk)' /proc/self/status >shell; : in a shell"}
          plain: {command_template: "grep -E Sig[BI] /proc/self/status"}
        tasks: [{template: shell}, {template: plain}]

        """)
      // Start it from a program that ignores SIGPIPE, as servers do.
      let ended = try sandbox.start([
        "python3", "-c",
        "import os, signal, sys; signal.signal(signal.SIGPIPE, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])",
        "\(Sandbox.programs)/jobmon", "run", "w.yaml",
      ]).wait(20)
      #expect(ended.status == 0, "\(ended)")
      let plain = try sandbox.shell("cat logs/*/plain/0/plain.o*")
      for text in [sandbox.read("shell"), sandbox.read("finish"), plain] {
        let masks = text.split(separator: "\n").compactMap { line in
          line.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
        }
        #expect(masks.count == 2, "\(text)")
        for mask in masks {
          for signal in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] {
            #expect(mask & (1 << UInt64(signal - 1)) == 0, "signal \(signal): \(text)")
          }
        }
      }
    }
  }
}
