import Foundation
import Testing

extension Acceptance {
  /// Text from others never reaches a terminal, file or pipe as control sequences.
  struct VisibleTextTests {
    /// A title, a cleared screen, a colour, C1 as a character and as a byte, and text in reverse direction.
    private static let nasty = "\u{1B}]0;title\u{7}\u{1B}[2J\u{1B}[31mx\u{9B}2Jy\u{202E}z"
    private static let shown = "^[]0;title^G^[[2J^[[31mxM-^[2Jy<U+202E>z"
    /// The same for printf(1), as written in a script in a YAML string.
    private static let octal =
      #"\\033]0;title\\007\\033[2J\\033[31mx\\302\\2332Jy\\342\\200\\256z"#

    /// What must not be printed: ESC and other controls, C1 in both forms, controls of bidirectional text.
    private static func faults(_ bytes: Data) -> [String] {
      let (bytes, all) = (String(decoding: bytes, as: UTF8.self), [UInt8](bytes))
      var faults: [String] = []
      for scalar in bytes.unicodeScalars {
        switch scalar.value {
        case 0x0A, 0x09: continue
        case ..<0x20, 0x7F..<0xA0, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
          faults.append("U+" + String(scalar.value, radix: 16))
        // A byte that is not part of a character.
        case 0xFFFD: if all.contains(0x9B) { faults.append("a byte") }
        default: continue
        }
      }
      return faults
    }

    private func expectVisible(
      _ ended: Child.Finished, of child: Child, _ what: String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      for path in [child.stdoutPath, child.stderrPath] {
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        #expect(Self.faults(bytes) == [], "\(what): \(ended)", sourceLocation: sourceLocation)
      }
    }

    /// Runs a command whose output must be safe. Returns how it ended.
    @discardableResult
    private func safe(
      _ sandbox: Sandbox, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Child.Finished {
      let child = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments)
      let ended = try child.wait()
      expectVisible(ended, of: child, arguments.joined(separator: " "), sourceLocation: sourceLocation)
      return ended
    }

    /// A workflow with such text in every possible place, whose task fails.
    private func sandbox() throws -> Sandbox {
      let sandbox = try Sandbox()
      let quoted = #"\e]0;title\a\e[2J\e[31mx\x9B2Jy\u202Ez"#
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: "night\\u202Ez"
        workflow_args: "\(quoted)"
        description: "\(quoted)"
        workflow_attributes: {k: "\(quoted)"}
        default_max_attempts: 1
        task_templates:
          a:
            command_template: "printf '\(Self.octal) \\\\233' >&2; : {v:q} 'of\\u2066'; exit 3"
            node_args: [v]
        tasks:
          - {template: a, name: "bad\\u202Ez", args: {v: "\(quoted)"}, attributes: {"\(quoted)": "\(quoted)"}}

        """)
      return sandbox
    }

    @Test func outputOfRunsAndQueriesIsSafe() throws {
      let sandbox = try sandbox()
      try safe(sandbox, ["run", "w.yaml", "--dry-run"])
      let run = try safe(sandbox, ["run", "w.yaml", "-v"])
      #expect(run.status == 1 && run.stderr.contains("| \(Self.shown) \u{FFFD}\n"), "\(run)")
      #expect(run.stderr.contains("bad<U+202E>z"), "\(run)")
      // The change plan shows another command.
      try sandbox.write("other.yaml", sandbox.read("w.yaml").replacing("exit 3", with: "exit 4; echo \\e[2J"))
      #expect(try safe(sandbox, ["run", "other.yaml", "--dry-run"]).status == 3)
      #expect(try safe(sandbox, ["run", "other.yaml", "--accept-changes"]).status == 1)
      let id = try #require(try sandbox.rows("workflow_status", "-l", "1").first?["wf_id"] as? Int)
      let task = try #require(
        try sandbox.rows("workflow_tasks", "-w", "\(id)").first?["task_id"] as? Int)
      for command in [
        "errors -w \(id)", "watch -w \(id)", "explain -t \(task)", "explain -w \(id)",
        "task_status -t \(task)",
        "workflow_tasks -w \(id)", "workflow_status", "workflow_status -w \(id)", "history -w \(id)",
        "history -t \(task)", "clusters -v", "get_filepaths -w \(id)", "task_dependencies -t \(task)",
        "task_template_resources -w \(id)", "concurrency_limit -w \(id) -m 3", "config", "db_check",
        "update_task_status -t \(task) -w \(id) -s G -f", "export -w \(id)", "report -w \(id)",
      ] {
        let words = command.split(separator: " ").map(String.init)
        #expect(try safe(sandbox, words).status != 2, "\(command)")
        // In JSON the decoded text is unchanged.
        if command.hasPrefix("errors") {
          let rows =
            try JSONSerialization.jsonObject(
              with: Data(try safe(sandbox, words + ["-n"]).stdout.utf8)) as? [[String: Any]]
          #expect((rows?.first?["sample"] as? String)?.hasPrefix(Self.nasty) == true, "\(rows ?? [])")
        }
      }
      let page = FileManager.default.contents(atPath: sandbox.path("workflow_\(id).html"))
      #expect(Self.faults(try #require(page)) == [])
      // A program that reads the log gets the original bytes.
      let logs = try sandbox.jobmon("logs", "-t", "\(task)", "--stderr")
      _ = try logs.wait()
      let bytes = FileManager.default.contents(atPath: logs.stdoutPath)
      #expect(bytes == Data(Self.nasty.utf8) + [0x20, 0x9B], "\(String(describing: bytes))")
      let events = try safe(
        sandbox, ["run", "w.yaml", "--workflow-args", "again" + Self.nasty, "--events", "-"])
      #expect(events.status == 1 && events.stdout.contains("\"type\"") == false, "\(events)")
    }

    /// The program uses escape sequences for its own styles, which are removed first.
    @Test func outputOnATerminalIsSafe() throws {
      let sandbox = try sandbox()
      sandbox.environment["NO_COLOR"] = nil
      let own = /\u{1b}\[(?:[0-9;]*m|[0-9]+A|J)/
      func screen(_ command: String) throws -> String {
        try sandbox.start(
          ["script", "-qec", "stty -onlcr; \(Sandbox.programs)/jobmon \(command)", "/dev/null"],
          environment: ["TERM": "xterm"]
        ).wait().stdout
      }
      let run = try screen("run w.yaml")
      #expect(run.contains("\u{1B}[31mfailed"), "\(run)")
      // Colours of the text would look like those of the program: search for the text's own sequence.
      #expect(!run.contains("\u{1B}[31mx") && run.contains(Self.shown), "\(run)")
      #expect(
        Self.faults(Data(run.replacing(own, with: "").replacing("\r", with: "").utf8)) == [], "\(run)")
      for command in ["errors -w 1", "watch -w 1", "task_status -t 1", "run w.yaml --resume --dry-run"] {
        let text = try screen(command)
        #expect(!text.contains("\u{1B}[31mx"), "\(text)")
        #expect(
          Self.faults(Data(text.replacing(own, with: "").replacing("\r", with: "").utf8)) == [],
          "\(command): \(text)")
      }
      // Logs keep their colours, but no other sequences.
      let logs = try screen("logs -t 1 --stderr")
      #expect(logs.hasPrefix("^[]0;title^G^[[2J\u{1B}[31mxM-^[2Jy<U+202E>z M-^[\u{1B}[0m"), "\(logs)")
    }

    @Test func messagesAboutArgumentsFilesAndConfigurationsAreSafe() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "ok.yaml", "tool: t\ntask_templates: {a: {command_template: 'true'}}\ntasks: [{template: a}]\n")
      let folder = sandbox.path("f" + Self.nasty)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try "tool: [\(Self.nasty)\n".write(toFile: folder + "/w.yaml", atomically: true, encoding: .utf8)
      try sandbox.write("bad.yaml", "tool: t\n\"\\e[2J\\u202Ekey\": 1\ntasks: []\n")
      try sandbox.write("c.yaml", "ui: {\"\\e[2Jcolor\": never}\n")
      for arguments in [
        ["--\(Self.nasty)"], [Self.nasty], ["run", Self.nasty], ["run", folder + "/w.yaml"],
        ["run", "bad.yaml"],
        ["run", "ok.yaml", "-c", Self.nasty], ["run", "ok.yaml", "--set", Self.nasty],
        ["run", "ok.yaml", "--max-attempts", Self.nasty], ["run", "ok.yaml", "--plugins", Self.nasty],
        ["run", "ok.yaml", "--control", Self.nasty], ["run", "ok.yaml", "--events", "no/\(Self.nasty)"],
        ["config", "--config", "c.yaml"], ["workflow_status", "--database", Self.nasty],
        ["workflow_status", "--since", Self.nasty], ["workflow_status", "--attribute", Self.nasty],
        ["update_config", Self.nasty, "1"], ["update_config", "ui.color", Self.nasty],
        ["workflow_status", "--status", Self.nasty], ["cluster_check", Self.nasty],
        ["import", Self.nasty], ["task_status", "-t", Self.nasty], ["run", "ok.yaml", "-o", Self.nasty],
      ] {
        let ended = try safe(sandbox, arguments)
        #expect((1...4).contains(ended.status) && !ended.stderr.isEmpty, "\(arguments): \(ended)")
        #expect(try safe(sandbox, arguments + ["-n"]).status == ended.status, "\(arguments)")
      }
      let worker = try sandbox.start(["\(Sandbox.programs)/jobmon-worker", "--batch", Self.nasty])
      expectVisible(try worker.wait(), of: worker, "jobmon-worker")
    }

    private static let plugin = #"""
      #!/usr/bin/env python3
      import json, sys
      NASTY = "\x1b]0;title\x07\x1b[2J\x1b[31mx\x9b2Jy\u202ez"
      def put(message): print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)
      def say(method, **params): put({"method": method, "params": params})
      sys.stderr.buffer.write(NASTY.encode() + b" \x9b\n"); sys.stderr.flush()
      for line in sys.stdin:
          call = json.loads(line)
          method, params = call["method"], call["params"]
          if method == "start":
              say("info", protocol={"min": 1, "max": 1}, max_batch=1, outlives_driver=False,
                  placement={"by": "backend", "max_outstanding": 1}, queues=[{"name": "q" + NASTY, "default": True}])
              say("log", level="warning", text="first" + NASTY + "\n2026-01-01 forged")
          elif method == "validate":
              say("validated", call=call["id"], verdicts=[{"verdict": "ok"} for _ in params["requests"]])
          elif method == "submit":
              for task in params["tasks"]:
                  say("submitted", instances=[task["instance"]], verdict="accepted", handle="h" + NASTY)
                  say("started", instance=task["instance"], node="n" + NASTY)
                  say("ended", instance=task["instance"], outcome={
                      "cause": "lost", "state": "s" + NASTY, "message": "m" + NASTY + "\nDONE", "node": "n" + NASTY,
                      "permanent": True})
          elif method == "cancel":
              for instance in params["instances"]: say("cancelled", instance=instance, verdict="already_ended")
          put({"id": call["id"], "result": {}})
      """#

    @Test func textFromPluginsIsSafe() throws {
      let sandbox = try Sandbox()
      try sandbox.write("plugin", Self.plugin)
      try sandbox.shell("chmod +x plugin")
      try sandbox.write(
        "plugins.json",
        """
        {"plugins": {"odd\\u001b[2J": {"command": ["\(sandbox.root)/plugin"]}, "gone\\u001b[2J": {"command": ["/no/\\u001b[2J"]}},
         "clusters": {"odd": {"plugin": "odd\\u001b[2J"}, "gone": {"plugin": "gone\\u001b[2J"}}}
        """)
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        default_compute_resources: {any: {cores: 1}}
        task_templates: {a: {command_template: "true"}}
        tasks: [{template: a}]
        """)
      try safe(sandbox, ["clusters", "-v", "--plugins", "plugins.json"])
      #expect(try safe(sandbox, ["run", "w.yaml", "-c", "gone", "--plugins", "plugins.json"]).status == 4)
      let run = try safe(
        sandbox,
        [
          "run", "w.yaml", "-c", "odd", "--plugins", "plugins.json", "-v", "--workflow-args", "y",
        ])
      #expect(run.status == 1 && run.stderr.contains("first\(Self.shown)"), "\(run)")
      #expect(!run.stderr.contains("\nDONE") && !run.stdout.contains("\nDONE"), "\(run)")
      let id = try #require(try sandbox.rows("workflow_status", "-l", "1").first?["wf_id"] as? Int)
      let task = try #require(
        try sandbox.rows("workflow_tasks", "-w", "\(id)").first?["task_id"] as? Int)
      for command in [
        "errors -w \(id)", "watch -w \(id)", "explain -t \(task)", "task_status -t \(task)",
        "history -w \(id)",
        "report -w \(id)",
      ] {
        try safe(sandbox, command.split(separator: " ").map(String.init))
      }
      let log = try sandbox.shell("cat logs/\(id)-*/run.log")
      #expect(
        Self.faults(Data(log.utf8)) == [] && log.contains("first\(Self.shown)^J2026-01-01 forged\n"), "\(log)"
      )
      #expect(log.split(separator: "\n").allSatisfy { $0.contains(" odd: ") }, "\(log)")
      let page = FileManager.default.contents(atPath: sandbox.path("workflow_\(id).html"))
      #expect(Self.faults(try #require(page)) == [])
    }
  }
}
