import Foundation
import TestSupport
import Testing

extension Acceptance {
  /// Output to terminals, pipes and files: nothing is lost silently, and a reader that does not read does not block a
  /// run.
  struct OutputTests {
    private static func workflow(_ command: String, _ count: Int, name: String = "{n}") -> String {
      """
      tool: t
      name: w
      default_max_attempts: 1
      task_templates: {a: {command_template: "\(command)", node_args: [n]}}
      tasks: [{template: a, name: "\(name)", for_each: {n: {range: [1, \(count)]}}}]

      """
    }

    private var jobmon: String { "\(Sandbox.programs)/jobmon" }

    /// A sandbox with a workflow, and a device `full` on which every write fails for lack of space.
    private func sandbox(_ command: String = "true {n}", _ count: Int = 3) throws -> Sandbox {
      let sandbox = try Sandbox()
      sandbox.environment["J"] = jobmon
      try sandbox.write("w.yaml", Self.workflow(command, count))
      try sandbox.shell("mknod full c 1 7")
      return sandbox
    }

    private func shell(_ sandbox: Sandbox, _ command: String) throws -> Child.Finished {
      try sandbox.start(["/bin/sh", "-c", command]).wait(30)
    }

    // MARK: Standard error

    @Test(arguments: ["2>&-", "2>full", "<&- 2>&-"])
    func aRunContinuesWithoutItsDisplay(redirection: String) throws {
      let sandbox = try sandbox("echo {n}; exit 1", 3)
      let ended = try shell(sandbox, "$J run w.yaml \(redirection)")
      #expect(ended.status == 1 && ended.stdout.contains("0 of 3 done, 3 fatal"), "\(ended)")
    }

    @Test func aClosedDisplayDoesNotEndTheRun() throws {
      let sandbox = try sandbox("touch gone; exec 2>&-; sleep 0.1; exit {n}", 3)
      let first = try shell(sandbox, "{ $J run w.yaml 2>&1; echo $? >status; } | head -1")
      #expect(first.stdout.contains("run 1"), "\(first)")
      try eventually("the run is over") { sandbox.read("status") != "" }
      #expect(sandbox.read("status") == "1\n")
      #expect(try sandbox.rows("workflow_status").first?["wf_status"] as? String == "FAILED")
    }

    /// Closed descriptors are not reused for the database or a log file.
    @Test func closedDescriptorsAreNotReused() throws {
      let sandbox = try sandbox("echo only this {n}", 2)
      let ended = try shell(sandbox, "$J run w.yaml <&- >&- 2>&-")
      #expect(ended.status == 1, "\(ended)")
      #expect(try sandbox.shell("sqlite3 jobmon.db 'PRAGMA integrity_check'") == "ok\n")
      #expect(try sandbox.run("logs", "-t", "2").stdout == "only this 2\n")
      #expect(try sandbox.rows("workflow_status").first?["wf_status"] as? String == "DONE")
    }

    /// Standard error is a full pipe that is never read.
    @Test func aDisplayThatIsNotReadDoesNotBlockTheRun() throws {
      let sandbox = try sandbox("head -c 4000 /dev/zero | tr '\\\\0' x >&2; exit {n}", 40)
      let ended = try sandbox.start([
        "python3", "-c",
        """
        import os, subprocess, sys
        reader, writer = os.pipe()
        sys.exit(subprocess.run([os.environ["J"], "run", "w.yaml"], stderr=writer).returncode)
        """,
      ]).wait(30)
      #expect(ended.status == 1 && ended.stdout.contains("0 of 40 done, 40 fatal"), "\(ended)")
    }

    /// A late reader of the display gets the last messages, and the number of omitted ones.
    @Test func theDisplayKeepsTheLastMessages() throws {
      let sandbox = try sandbox()
      let registry = try sandbox.write(
        "plugins.json",
        """
        {"clusters": {"sim": {"plugin": "dummy", "options": {"time": "virtual", "nodes": 99, "faults": {"exit": 1.0}}}}}
        """)
      chmod(registry, 0o600)
      try sandbox.write("w.yaml", "on_finish: touch finished\n" + Self.workflow("true {n}", 12_000))
      let ended = try sandbox.start([
        "python3", "-c",
        """
        import os, subprocess, sys, time
        reader, writer = os.pipe()
        command = [os.environ["J"], "run", "w.yaml", "-v", "-c", "sim", "--plugins", "plugins.json"]
        run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=writer)
        os.close(writer)
        while not os.path.exists("finished") and run.poll() is None: time.sleep(0.01)
        sys.stdout.write(os.fdopen(reader).read())
        sys.stdout.flush()
        sys.exit(run.wait())
        """,
      ]).wait(60)
      #expect(ended.status == 1)
      let omitted = try #require(ended.stdout.firstMatch(of: /\((\d+) earlier messages are not shown\)/))
      let count = try #require(Int(omitted.1))
      let shown = ended.stdout.split(separator: "\n").count { $0.hasPrefix("failed ") }
      // Failures, and status changes in between.
      #expect(count >= 1000 && shown < 12_000 && shown + count >= 12_000, "\(shown) and \(count)")
      // Without -v similar failures are counted.
      let short = try sandbox.run("run", "w.yaml", "-c", "sim", "--plugins", "plugins.json")
      #expect(
        short.status == 1 && short.stderr.contains(" more tasks in the same way"), "\(short.status)")
      #expect(short.stderr.split(separator: "\n").count { $0.hasPrefix("failed ") } <= 8)
    }

    // MARK: Standard output

    @Test func lostOutputIsAnError() throws {
      let sandbox = try sandbox("echo {n}", 2)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      for command in [
        "workflow_status", "version -n", "schema", "--help", "--version", "run --help",
        "--generate-completion-script bash", "db_path", "db_check", "config", "run w.yaml --dry-run",
        "init other.yaml", "export -w 1", "create_resource_yaml -w 1", "logs -t 1", "watch -w 1 -n",
        "watch -w 1", "report -w 1 -f -", "run w.yaml", "run w.yaml -o json", "run w.yaml --events -",
      ] {
        for (target, why) in [("full", "No space left on device"), ("&-", "Bad file descriptor")] {
          let ended = try shell(sandbox, "rm -f other.yaml; $J \(command) >\(target)")
          #expect(ended.status == 1, "\(command) \(ended)")
          #expect(ended.stderr.contains("cannot write standard output: \(why)"), "\(command) \(ended)")
        }
      }
    }

    /// The program ends as other tools do. The exit code of a run is that of its work.
    @Test func aClosedPipeEndsACommandWithoutAMessage() throws {
      let sandbox = try sandbox("exit {n}", 1)
      let program = """
        import os, subprocess, sys
        reader, writer = os.pipe()
        os.close(reader)
        sys.exit(subprocess.run([os.environ["J"]] + sys.argv[1:], stdout=writer).returncode)
        """
      func status(_ arguments: String...) throws -> Child.Finished {
        try sandbox.start(["python3", "-c", program] + arguments).wait(30)
      }
      let schema = try status("schema")
      // In Python -13 means SIGPIPE; its exit code here is the low byte of -13.
      #expect(schema.status == 256 - 13 && schema.stderr.isEmpty, "\(schema)")
      let run = try status("run", "w.yaml", "--quiet")
      #expect(run.status == 1 && !run.stderr.contains("standard output"), "\(run)")
      let json = try status("run", "w.yaml", "--events", "-", "--quiet")
      #expect(json.status == 1 && !json.stderr.contains("standard output"), "\(json)")
    }

    /// If standard output is a non-blocking pipe, as some programs use, the program waits for space.
    @Test func aFullPipeIsWaitedFor() throws {
      let sandbox = try sandbox()
      let ended = try sandbox.start([
        "python3", "-c",
        """
        import array, fcntl, os, subprocess, sys, time
        reader, writer = os.pipe()
        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
        os.set_blocking(writer, False)
        run = subprocess.Popen([os.environ["J"], "schema"], stdout=writer)
        held = array.array("i", [0])
        while held[0] < 4096 and run.poll() is None:
            fcntl.ioctl(reader, 21531, held)  # FIONREAD
            time.sleep(0.01)
        os.close(writer)
        sys.stdout.buffer.write(os.fdopen(reader, "rb").read()); sys.stdout.flush()
        sys.exit(run.wait())
        """,
      ]).wait(30)
      #expect(ended.status == 0 && ended.stdout.utf8.count > 5000, "\(ended)")
      #expect(try sandbox.run("schema").stdout == ended.stdout)
    }

    // MARK: Events

    /// The reader has opened the FIFO and reads one line; the run ends nevertheless.
    @Test func eventsThatAreNotReadDoNotBlockTheRun() throws {
      let sandbox = try sandbox("true {n}", 300)
      let ended = try shell(
        sandbox,
        "mkfifo f; (exec 3<f; read -r line <&3; echo \"$line\" >first; exec sleep 30) & $J run w.yaml --events f; code=$?; kill $!; exit $code"
      )
      #expect(ended.status == 0, "\(ended)")
      let told = try #require(ended.stderr.firstMatch(of: /--events: (\d+) events were not delivered/))
      #expect(Int(told.1).map { (1..<1500).contains($0) } == true, "\(ended)")
      #expect(ended.stdout.contains("300 of 300 done"), "\(ended)")
      let first = try JSONSerialization.jsonObject(with: Data(sandbox.read("first").utf8))
      #expect((first as? [String: Any])?["seq"] as? Int != nil)
    }

    /// A late reader misses events, is told which ones, and gets those that follow. The queue has overflowed when the
    /// last task starts, which waits for the reader.
    @Test(arguments: ["--events", "--control"])
    func aLateReaderIsToldWhichEventsWereDropped(option: String) throws {
      let sandbox = try sandbox()
      let name = String(repeating: "n", count: 200) + "{n}"
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        task_templates:
          a: {command_template: "true {n}", node_args: [n], default_cluster_name: dummy}
          b: {command_template: "touch late; while ! test -e told; do sleep 0.02; done"}
        tasks:
          - {template: a, name: "\(name)", for_each: {n: {range: [1, 3000]}}}
          - {template: b, upstream: [{template: a}]}

        """)
      try sandbox.write(
        "reader.py",
        """
        import json, os, socket, subprocess, sys, time
        option = sys.argv[1]
        if option == "--events":
            os.mkfifo("f")
            run = subprocess.Popen([os.environ["J"], "run", "w.yaml", "--quiet", option, "f"], stdout=sys.stderr)
            lines = open("f")
        else:
            ours, theirs = socket.socketpair()
            number = str(theirs.fileno())
            run = subprocess.Popen([os.environ["J"], "run", "w.yaml", "--quiet", option, number],
                                   stdout=sys.stderr, pass_fds=[theirs.fileno()])
            theirs.close()
            lines = ours.makefile("r")
        while not os.path.exists("late") and run.poll() is None: time.sleep(0.02)
        types = []
        for line in lines:
            event = json.loads(line)
            if option == "--control":
                types.append(event["type"])
                if event["type"] != "event": continue
                event = event["event"]
            if event["kind"] == "dropped": open("told", "w").close()
            print(json.dumps(event))
        if option == "--control": assert "started" in types and types[-1] == "result", types
        sys.exit(run.wait())
        """)
      let ended = try sandbox.start(["python3", sandbox.path("reader.py"), option]).wait(60)
      #expect(ended.status == 0, "\(ended.stderr)")
      let schema = try JSONSchema.named("output")
      var next = 0
      var missed = 0
      var after = 0
      for line in ended.stdout.split(separator: "\n") {
        try schema.check(Data(line.utf8), as: "event")
        let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let seq = try #require(event["seq"] as? Int)
        #expect(seq >= next, "the events are out of order")
        next = seq + 1
        if event["kind"] as? String == "dropped" {
          let last = try #require(event["last_seq"] as? Int)
          let count = try #require(event["dropped"] as? Int)
          #expect(last >= seq && count <= last - seq + 1)
          let words =
            "\(count) events were dropped (seq \(seq) to \(last)); jobmon workflow history -w 1 has them"
          #expect(event["message"] as? String == words)
          next = last + 1
          missed += count
        } else if missed > 0 {
          after += 1
        }
      }
      #expect(missed > 100)
      // The ends of the last task, of the run and of the workflow.
      #expect(after >= 3)
    }

    /// A file gets everything. If it cannot be written any more, the run continues.
    @Test func eventsOnAFullDiskDoNotStopTheRun() throws {
      let sandbox = try sandbox("true {n}", 20)
      let disk = try sandbox.mountDisk(megabytes: 1)
      try disk.fill()
      let ended = try sandbox.run("run", "w.yaml", "--events", "\(disk.path)/events")
      #expect(ended.status == 0, "\(ended)")
      #expect(
        ended.stderr.contains("--events: cannot write any more events (No space left on device)"), "\(ended)")
    }

    @Test func aControllingProgramThatDoesNotReadDoesNotBlockTheRun() throws {
      let sandbox = try sandbox("true {n}", 1500)
      let ended = try sandbox.start([
        "python3", "-c",
        """
        import os, socket, subprocess, sys
        ours, theirs = socket.socketpair()
        arguments = [os.environ["J"], "run", "w.yaml", "--control", str(theirs.fileno())]
        sys.exit(subprocess.run(arguments, pass_fds=[theirs.fileno()]).returncode)
        """,
      ]).wait(30)
      #expect(ended.status == 0 && ended.stdout.contains("1500 of 1500 done"), "\(ended)")
      #expect(ended.stderr.contains(/--control: \d+ events were not delivered/), "\(ended)")
      #expect(ended.stderr.contains("--control: 1 other message was not delivered"), "\(ended)")
    }

    // MARK: Files

    @Test(arguments: [
      "report -w 1 -f", "export -w 1 -f", "create_resource_yaml -w 1 -f", "bind w.yaml --ids",
    ])
    func namedOutputFilesKeepTheirKindModeAndOwner(command: String) throws {
      let sandbox = try sandbox("echo {n}", 2)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      let told = try shell(sandbox, "umask 027; $J \(command) fresh && stat -c %a fresh && cat fresh")
      #expect(told.status == 0, "\(told)")
      #expect(told.stdout.split(separator: "\n").contains("640"), "a new file: \(told)")
      // A link stays a link, and its file keeps its mode and owner. No other file is left beside it.
      let linked = try shell(
        sandbox,
        """
        mkdir there && echo former-text >there/file && chmod 604 there/file && chown 12:34 there/file && ln -s there/file link
        $J \(command) link && readlink link && stat -c '%a %u:%g' there/file && ls -A there && grep -c former-text there/file
        """)
      #expect(linked.stdout.contains("there/file\n604 12:34\nfile\n0\n"), "\(linked)")
      let dangling = try shell(
        sandbox, "ln -s there/new dangling; $J \(command) dangling && test -s there/new")
      #expect(dangling.status == 0, "\(dangling)")
      let piped = try shell(
        sandbox, "mkfifo pipe; cat pipe >read & $J \(command) pipe && wait $! && test -p pipe && test -s read"
      )
      #expect(piped.status == 0, "\(piped)")
      let full = try shell(sandbox, "$J \(command) full; code=$?; test -c full && exit $code")
      #expect(full.status == 2 && full.stderr.contains("No space left on device"), "\(full)")
      #expect(try shell(sandbox, "$J \(command) -").stdout.hasPrefix("{}\n") == command.contains("--ids"))
      #expect(!sandbox.exists("-"))
    }

    @Test func aFullDiskLeavesTheOldFile() throws {
      let sandbox = try sandbox("echo {n}", 2)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      let disk = try sandbox.mountDisk(megabytes: 1)
      try sandbox.write("disk/report.html", "old\n")
      try disk.fill()
      let failed = try sandbox.run("report", "-w", "1", "-f", "\(disk.path)/report.html")
      #expect(failed.status == 2 && failed.stderr.contains("No space left on device"), "\(failed)")
      #expect(try sandbox.shell("cat disk/report.html; ls -A disk") == "old\nfiller\nreport.html\n")
    }

    @Test func settingsAreWrittenThroughALink() throws {
      let sandbox = try sandbox()
      try sandbox.shell(
        "mkdir dots; echo 'ui: {color: auto}' >dots/jobmon.yaml; chmod 640 dots/jobmon.yaml; ln -s ../dots/jobmon.yaml home/.jobmon.yaml"
      )
      #expect(try sandbox.run("update_config", "ui.color", "never").status == 0)
      #expect(try sandbox.run("update_config", "clusters.local.slots", "2").status == 0)
      #expect(
        try sandbox.shell(
          "readlink home/.jobmon.yaml; stat -c %a dots/jobmon.yaml home/.jobmon/plugins.json; cat dots/*; ls -A dots"
        ) == "../dots/jobmon.yaml\n640\n600\nui: {color: never}\njobmon.yaml\n")
    }

    @Test func aBackupIsANewFile() throws {
      let sandbox = try sandbox()
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      try sandbox.shell("mkfifo pipe; ln -s nowhere link")
      for there in ["pipe", "full", "link", "-"] {
        let refused = try sandbox.run("db_backup", there, seconds: 10)
        #expect(refused.status == 2 && refused.stderr.contains("a new file"), "\(refused)")
      }
      #expect(!sandbox.exists("nowhere") && !sandbox.exists("-"))
      let limited = try shell(
        sandbox, "ulimit -f 100; $J db_backup copy.db; code=$?; ls copy.db*; exit $code")
      #expect(limited.status == 1 && limited.stdout.isEmpty, "\(limited)")
      #expect(limited.stderr.contains("no space left for the database copy.db"), "\(limited)")
    }

    /// The file size limit (ulimit -f) causes an error like a full disk, and does not end the program.
    @Test func aFileSizeLimitIsAnError() throws {
      let sandbox = try sandbox("true {n}", 2000)
      let store = try shell(sandbox, "ulimit -f 300; $J run w.yaml --quiet")
      #expect(store.status == 1 && store.stderr.contains("no space left for the database"), "\(store)")
      let output = try shell(sandbox, "ulimit -f 1; $J schema >schema.json")
      #expect(output.status == 1, "\(output)")
      #expect(output.stderr.contains("cannot write standard output: File too large"), "\(output)")
    }

    /// The worker continues, too. A command that it cannot write to a file fails.
    @Test func aFileSizeLimitDoesNotEndTheWorker() throws {
      let sandbox = try sandbox()
      let long = String(repeating: "x ", count: 70 << 10)
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        task_templates:
          first: {command_template: "touch started; while ! test -e gate; do sleep 0.02; done"}
          long: {command_template: ": \(long)"}
        tasks: [{template: first}, {template: long, upstream: [{template: first}]}]

        """)
      let run = try sandbox.jobmon("run", "w.yaml")
      try eventually("the command: \(run.stderr)") { sandbox.exists("started") || run.hasEnded }
      let worker = try #require(sandbox.processes().first { $0.program == "jobmon-worker" }).pid
      try sandbox.shell(
        "python3 -c 'import resource; resource.prlimit(\(worker), resource.RLIMIT_FSIZE, (4096, -1))'")
      try sandbox.open(gate: "gate")
      try eventually("the failure is reported: \(run.stderr)") {
        run.stderr.contains("File too large") || run.hasEnded
      }
      try sandbox.shell(
        "python3 -c 'import resource; resource.prlimit(\(worker), resource.RLIMIT_FSIZE, (-1, -1))'")
      let ended = try run.wait(20)
      #expect(ended.status == 0 && !ended.stderr.contains("worker process"), "\(ended)")
    }

    // MARK: Logs and control characters

    private static let colourful =
      #"printf 'a\\033[31mb\\302\\233c\\000\\r\\n\\303'; printf 'bad\\033]0;t\\007\\n' >&2; exit {n}"#

    private func terminal(_ sandbox: Sandbox, _ command: String) throws -> String {
      try sandbox.start(
        ["script", "-qec", "\(jobmon) \(command)", "/dev/null"], environment: ["TERM": "dumb"]
      )
      .wait(30).stdout.replacing("\r\n", with: "\n")
    }

    @Test func controlCharactersAreVisibleOnATerminal() throws {
      let sandbox = try sandbox(Self.colourful, 1)
      let run = try terminal(sandbox, "run w.yaml")
      #expect(run.contains("| bad^[]0;t^G\n"), "\(run)")
      #expect(!run.replacing(/\u{1b}\[\d*[AJ]/, with: "").contains("\u{1b}"), "\(run)")
      #expect(try terminal(sandbox, "logs -t 1") == "a^[[31mbM-^[c^@^M\n\u{FFFD}bad^[]0;t^G\n")
      #expect(try terminal(sandbox, "errors -w 1").contains("bad^[]0;t^G"))
      let bytes = "a\u{1b}[31mb\u{9b}c\0\r\n\u{FFFD}bad\u{1b}]0;t\u{7}\n"
      #expect(try terminal(sandbox, "logs -t 1 --raw") == bytes)
      #expect(try sandbox.run("logs", "-t", "1").stdout == bytes)
    }

    @Test func aRemovedLogFileIsReported() throws {
      let sandbox = try sandbox("echo out {n}", 2)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      let paths = try sandbox.rows("get_filepaths", "-w", "1").compactMap { $0["output_path"] as? String }
      let path = try #require(paths.first)
      try FileManager.default.removeItem(atPath: path)
      let id = try #require(sandbox.rows("get_filepaths", "-w", "1").first?["task_id"] as? Int)
      let gone = try sandbox.run("logs", "-t", "\(id)", "--stdout")
      #expect(gone.status == 0 && gone.stdout.isEmpty, "\(gone)")
      #expect(
        gone.stderr.contains("did not write anything to its standard output, or the file was removed"),
        "\(gone)")
      let json = try sandbox.run("logs", "-t", "\(id)", "--stdout", "-n")
      #expect(
        json.status == 0 && json.stdout.contains("\"path\":null") && json.stdout.contains("\"text\":\"\""),
        "\(json)")
      // The output of the other task exists.
      let all = try sandbox.run("logs", "-w", "1", "--stdout")
      #expect(all.status == 0 && all.stdout.contains("out ") && all.stderr.isEmpty, "\(all)")
    }
  }
}
