import Foundation
import Testing

extension Acceptance {
  /// Log files in folders that other users can write to, and log files that commands replace by something else.
  struct SharedFolderTests {
    /// A sandbox that another user can access, with a folder that this user can write to.
    private func sandbox(mode: String = "1777") throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.shell("chmod 711 . && mkdir shared && chmod \(mode) shared")
      return sandbox
    }

    /// Runs a shell command as another user.
    private func asOther(_ sandbox: Sandbox, _ command: String) throws {
      let ended = try sandbox.start(
        [
          "/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/bin/sh", "-c",
          command,
        ]
      ).wait()
      guard ended.status == 0 else { throw HarnessError("`\(command)` failed: \(ended)") }
    }

    /// Two tasks: one with its log files in the shared folder, and one that never ends by itself.
    private func workflow(_ sandbox: Sandbox, command: String = "echo mine") throws -> String {
      try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        task_templates:
          open: {command_template: "\(command)", default_compute_resources: {stdout: \(sandbox.path("shared")), stderr: \(sandbox.path("shared"))}}
          slow: {command_template: "sleep 1000", default_max_attempts: 1, default_compute_resources: {runtime: 1s}}
        tasks: [{template: open, name: open}, {template: slow, name: slow}]
        """)
    }

    private func failures(_ ended: Child.Finished) throws -> [String: [String: Any]] {
      let list = try #require(try ended.object()["failed_tasks"] as? [[String: Any]])
      return Dictionary(uniqueKeysWithValues: list.map { ($0["name"] as? String ?? "", $0) })
    }

    @Test(arguments: ["1777", "777"])
    func aLinkInPlaceOfALogFileIsNotFollowed(mode: String) throws {
      let sandbox = try sandbox(mode: mode)
      try sandbox.write("precious", "keep this")
      try asOther(
        sandbox,
        "for i in $(seq 1 40); do ln -s \(sandbox.path("precious")) shared/open.o$i; ln -s ../new shared/open.e$i; done"
      )
      let ended = try sandbox.run("run", try workflow(sandbox), "-o", "json")
      #expect(ended.status == 1, "\(ended)")
      #expect(sandbox.read("precious") == "keep this")
      #expect(!sandbox.exists("new"))
      let open = try #require(try failures(ended)["open"])
      #expect(open["cause"] as? String == "launchFailure", "\(open)")
      #expect(open["attempts"] as? Int == 1, "it is not retried: \(open)")
      let reason = open["reason"] as? String ?? ""
      #expect(reason.contains("\(sandbox.path("shared"))/open.o"), "\(reason)")
      #expect(reason.contains("it is a symbolic link"), "\(reason)")
      #expect(
        open["stdout"] is NSNull && open["stderr"] is NSNull,
        "files of another user are not shown as log files: \(open)")
      let slow = try #require(try failures(ended)["slow"])
      #expect(slow["cause"] as? String == "runtime", "\(slow)")
    }

    @Test(arguments: [
      ("mkfifo shared/open.o$i shared/open.e$i; chmod 666 shared/open.?$i", "it is a FIFO"),
      ("echo his > shared/open.o$i; chmod 666 shared/open.o$i", "it belongs to another user (uid 65534)"),
      ("mkdir -m 777 shared/open.o$i", "it is a folder"),
    ])
    func filesPreparedByAnotherUserAreNotUsed(how: String, reason: String) throws {
      let sandbox = try sandbox()
      try asOther(sandbox, "umask 0; for i in $(seq 1 40); do \(how); done")
      let began = Date()
      let ended = try sandbox.run("run", try workflow(sandbox), "-o", "json", seconds: 30)
      // The time limit of the other task is enforced although the prepared files exist.
      #expect(Date().timeIntervalSince(began) < 15)
      let failed = try failures(ended)
      let why = failed["open"]?["reason"] as? String ?? ""
      #expect(why.contains(reason), "\(ended)")
      #expect(failed["open"]?["attempts"] as? Int == 1, "\(ended)")
      #expect(failed["slow"]?["cause"] as? String == "runtime", "\(ended)")
      #expect(!sandbox.read("shared/open.o1").contains("mine"))
    }

    @Test func filesPreparedByAnotherUserDoNotPreventAStop() throws {
      let sandbox = try sandbox()
      try asOther(
        sandbox, "for i in $(seq 1 40); do mkfifo -m 666 shared/open.o$i shared/open.e$i; done")
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        task_templates:
          open: {command_template: "true", default_compute_resources: {stdout: \(sandbox.path("shared"))}}
          slow: {command_template: "touch \(sandbox.path("started")); sleep 1000"}
        tasks: [{template: open}, {template: slow}]
        """)
      let run = try sandbox.jobmon("run", file)
      try eventually("one task runs and the fault is reported: \(run.stderr)") {
        sandbox.exists("started") && run.stderr.contains("FIFO") || run.hasEnded
      }
      run.signal(SIGTERM)
      #expect(try run.wait(20).status == 130)
      #expect(sandbox.processes().isEmpty)
    }

    /// The files beside a log file: for a command and an argument that are too long, and for attributes.
    @Test(arguments: [
      (": " + String(repeating: "x", count: 130_000), "x", "sh"),
      ("cat $JOBMON_ARG_FILE_A > read", String(repeating: "y", count: 130_000), "A"),
      ("echo key=value > $JOBMON_ATTRIBUTES", "x", ""),
    ])
    func filesBesideALogFileAreChecked(command: String, argument: String, ending: String) throws {
      let sandbox = try sandbox()
      try sandbox.write("precious", "keep this")
      let name = ending.isEmpty ? "open.a$i" : "open.o$i.\(ending)"
      try asOther(
        sandbox, "for i in $(seq 1 40); do ln -s \(sandbox.path("precious")) shared/\(name); done")
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        task_templates:
          open: {command_template: "\(command)", node_args: [], op_args: [], task_args: [], default_compute_resources: {stdout: \(sandbox.path("shared"))}}
          given: {command_template: "\(command); : {a}", node_args: [a], default_compute_resources: {stdout: \(sandbox.path("shared"))}}
        tasks: [{template: \(ending == "A" ? "given, args: {a: \(argument)}" : "open"), name: open}]
        """)
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(ended.status == 1, "\(ended.stderr)")
      #expect(sandbox.read("precious") == "keep this")
      #expect(!sandbox.exists("read"), "the command used a file of another user")
      let open = try #require(try failures(ended)["open"])
      let reason = open["reason"] as? String ?? ""
      #expect(reason.contains("it is a symbolic link"), "\(reason)")
      #expect(open["attempts"] as? Int == 1)
    }

    @Test func attributesAreReadFromASharedFolder() throws {
      let sandbox = try sandbox()
      let file = try workflow(sandbox, command: "echo key=value > $JOBMON_ATTRIBUTES")
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(try failures(ended)["open"] == nil, "\(ended)")
      let kept = try sandbox.query("SELECT written FROM task WHERE written IS NOT NULL")
      #expect(kept.contains("key") && kept.contains("value"), "\(kept)")
      #expect(try sandbox.shell("ls shared") == "", "it wrote nothing else")
    }

    /// The folder of a workflow's log files is predictable, because its id is the next one.
    @Test(arguments: [
      ("ln -s ../victim logs/$F", "it is a symbolic link"),
      ("mkdir -m 777 logs/$F", "it belongs to another user (uid 65534)"),
      ("mkfifo logs/$F", "Not a directory"),
    ])
    func aFolderOfAnotherUserBelowTheLogRootIsNotUsed(how: String, reason: String) throws {
      let sandbox = try sandbox()
      try sandbox.shell("mkdir -m 1777 real victim && chmod 1777 real && chmod 777 victim && ln -s real logs")
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        on_finish: "echo over"
        task_templates: {a: {command_template: "echo mine"}}
        tasks: [{template: a, name: a}]
        """)
      // The log root itself may be a link.
      let first = try sandbox.run("run", file, "--workflow-args", "1")
      #expect(first.status == 0, "\(first)")
      let folder = try #require(
        try FileManager.default.contentsOfDirectory(atPath: sandbox.path("real")).first { $0.hasPrefix("1-") }
      )
      let next = "2" + folder.dropFirst()
      try asOther(sandbox, "umask 0; " + how.replacing("$F", with: next))
      let ended = try sandbox.run("run", file, "--workflow-args", "2", "-o", "json")
      #expect(ended.status == 1, "\(ended)")
      let failed = try #require(try failures(ended)["a"])
      let why = failed["reason"] as? String ?? ""
      #expect(why.contains(reason) && why.contains("logs/\(next)"), "\(why)")
      #expect(failed["attempts"] as? Int == 1, "\(failed)")
      #expect(ended.stderr.contains("on_finish could not start"), "\(ended)")
      #expect(try sandbox.shell("find victim real/\(next)/ -type f | wc -l") == "0\n")
    }

    // MARK: Log files that a command replaces

    /// Replaces its standard error and fails, by exit code or by a signal.
    private static let script = """
      while ! file=$(find -H l -samefile /proc/$$/fd/2 | grep .); do sleep 0.01; done
      rm "$file"
      case $1 in
        fifo) mkfifo "$file" ;;
        link) ln -s "$2" "$file" ;;
        folder) mkdir "$file" ;;
        socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$file" ;;
      esac
      kill -9 $$
      """

    @Test(arguments: [
      ("fifo", "it is a FIFO"), ("link", "it is a symbolic link"), ("folder", "it is a folder"),
      ("socket", "it is a socket"),
    ])
    func aReplacedLogFileBlocksNoCommand(kind: String, reason: String) throws {
      let sandbox = try Sandbox()
      // The path is short enough for a socket.
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = sandbox.path("l")
      try sandbox.write("replace.sh", Self.script)
      try sandbox.write("secret", "s3cret of another file\n")
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        default_max_attempts: 1
        task_templates:
          a: {command_template: "sh \(sandbox.path("replace.sh")) \(kind) \(sandbox.path("secret")) {n}", node_args: [n]}
        tasks: [{template: a, for_each: {n: [1, 2, 3]}, name: "a{n}"}]
        """)
      let ended = try sandbox.run("run", file, "-o", "json", seconds: 20)
      #expect(ended.status == 1, "\(ended)")
      let failed = try #require(try failures(ended)["a1"])
      #expect((failed["stderr_tail"] as? String ?? "").contains(reason), "\(failed)")
      #expect(failed["exit_code"] as? Int == 137, "\(failed)")
      for arguments in [
        ["logs", "-t", "1"], ["logs", "-t", "1", "--stderr"], ["logs", "-t", "1", "--follow"],
        ["logs", "-t", "1", "--tail", "5"], ["logs", "-w", "1", "-n"], ["watch", "-w", "1"],
        ["errors", "-w", "1"], ["report", "-w", "1", "-f", sandbox.path("page.html")],
        ["task_status", "-t", "1"], ["explain", "-t", "1"], ["workflow_status"],
      ] {
        let shown = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait(20)
        #expect(!"\(shown)".contains("s3cret"), "\(arguments): \(shown)")
        if arguments[0] == "logs" || arguments[0] == "errors" {
          #expect("\(shown)".contains(reason), "\(arguments): \(shown)")
        }
      }
      #expect(!sandbox.read("page.html").contains("s3cret"))
      #expect(sandbox.read("secret") == "s3cret of another file\n", "nothing was added to it")
    }

    /// Files that the user names may be a FIFO.
    @Test func aWorkflowFileMayBeAFIFO() throws {
      let sandbox = try Sandbox()
      try sandbox.write("ids", "1\n2\n")
      try sandbox.shell("mkfifo lines")
      let text =
        "tool: t\ntask_templates: {a: {command_template: 'true {n}', node_args: [n]}}\n"
        + "tasks: [{template: a, for_each: {n: {lines: \(sandbox.path("lines"))}}}]\n"
      try sandbox.write("text", text)
      let ended = try sandbox.start([
        "/bin/bash", "-c", "cat ids > lines & \(Sandbox.programs)/jobmon run <(cat text) -o json",
      ]).wait(20)
      #expect(ended.status == 0, "\(ended)")
      #expect(try ended.object()["tasks_done"] as? Int == 2)
    }
  }
}
