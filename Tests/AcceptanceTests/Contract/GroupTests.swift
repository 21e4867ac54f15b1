import Foundation
import Testing

extension Acceptance {
  /// Grouped commands, the selection of workflows and tasks, and the contents of lists.
  struct GroupTests {
    private func done() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: survey
        workflow_args: x
        workflow_attributes: {release: 7}
        default_max_attempts: 2
        default_compute_resources: {memory: 200M, runtime: 1m}
        task_templates:
          count: {command_template: "sleep {n}; echo {n}; echo lines={n} >> $JOBMON_ATTRIBUTES", node_args: [n], op_args: []}
          bad: {command_template: "echo first >&2; echo the reason >&2; exit 3"}
          last: {command_template: "true"}
        tasks:
          - {template: count, for_each: {n: [0.02, 0.01, 0.2, 0, 0.03, 0.04]}, name: "count_{n}", attributes: {kind: counted}}
          - {template: bad, name: bad_one}
          - {template: last, name: last_one, upstream: [{template: bad}]}

        """)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 1)
      return sandbox
    }

    @Test("flat and grouped names, hyphens and underscores are the same commands and options")
    func names() throws {
      let sandbox = try done()
      let pairs = [
        (["workflow_status"], ["workflow", "status"]), (["workflow-status"], ["workflow", "list"]),
        (["get_filepaths", "--workflow_id", "1"], ["workflow", "filepaths", "--workflow-id", "1"]),
        (["task_status", "-t", "7"], ["task", "status", "7"]),
        (["task_status", "--task_ids", "7"], ["task", "status", "--task-ids", "7"]),
        (["task_dependencies", "-t", "8"], ["task", "dependencies", "last_one"]),
        (["errors", "-w", "1"], ["workflow", "errors", "1"]),
        (["explain", "-w", "1"], ["workflow", "explain", "-w", "survey"]),
        (["history", "-t", "7"], ["task", "history", "bad_one"]),
        (["task_template_resources", "-w", "1"], ["workflow", "resources", "usage", "-w", "1"]),
        (["clusters"], ["cluster", "list"]), (["db_path"], ["db", "path"]), (["config"], ["config", "show"]),
        (["logs", "-t", "7"], ["task", "logs", "bad_one"]),
      ]
      for (flat, grouped) in pairs {
        let one = try sandbox.start(["\(Sandbox.programs)/jobmon"] + flat).wait()
        let two = try sandbox.start(["\(Sandbox.programs)/jobmon"] + grouped).wait()
        #expect(one.status == 0 && one.stdout == two.stdout && !one.stdout.isEmpty, "\(flat) \(one) \(two)")
      }
    }

    @Test("an unknown command is refused with suggestions")
    func unknown() throws {
      let sandbox = try Sandbox()
      let cases = [
        (["status"], "did you mean 'workflow status' or 'task status'?"),
        (["workflow", "statsu"], "did you mean 'workflow status'?"),
        (["wrokflow_status"], "did you mean 'workflow_status'?"), (["rnu", "w.yaml"], "did you mean 'run'?"),
        (["tasks"], "did you mean 'workflow tasks'?"), (["show", "3"], "did you mean"),
        (["zzzzzz"], "`jobmon --help` lists the commands"),
        (["task", "zzzzzz"], "`jobmon task --help` lists the commands"),
      ]
      for (words, answer) in cases {
        let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + words).wait()
        #expect(refused.status == 2 && refused.stderr.contains(answer), "\(words): \(refused)")
      }
    }

    @Test("a workflow is selected by id, name, last or by default, and a task by id, name or template")
    func choices() throws {
      let sandbox = try done()
      try sandbox.write(
        "two.yaml", sandbox.read("w.yaml").replacing("workflow_args: x", with: "workflow_args: y"))
      #expect(try sandbox.run("run", "two.yaml", "--quiet").status == 1)
      for words in [[], ["-w", "last"], ["-w", "2"]] {
        let listed = try sandbox.start(["\(Sandbox.programs)/jobmon", "workflow", "tasks", "-n"] + words)
          .wait()
        #expect(try listed.rows().first?["task_id"] as? Int == 9, "\(words) \(listed)")
        #expect(words == ["-w", "2"] || listed.stderr == "workflow 2 (survey)\n", "\(listed)")
      }
      let several = try sandbox.run("workflow", "tasks", "-w", "survey")
      #expect(several.status == 2 && several.stderr.contains("2 (survey,"), "\(several)")
      let none = try sandbox.run("workflow", "errors", "-w", "nothing")
      #expect(none.status == 2 && none.stderr.contains("'nothing'"), "\(none)")
      func ids(_ words: String...) throws -> [Int] {
        try sandbox.start(["\(Sandbox.programs)/jobmon", "task", "status", "-n"] + words).wait().rows()
          .compactMap { $0["task_id"] as? Int }
      }
      #expect(try ids("-t", "count_0.2", "-w", "1") == [3])
      #expect(
        try ids("-t", "template:count", "bad_one", "bad:bad_one", "-w", "1") == [1, 2, 3, 4, 5, 6, 7, 7])
      let one = try sandbox.run("task", "show", "-t", "template:count", "-w", "1")
      #expect(one.status == 2 && one.stderr.contains("1, 2, 3, 4, 5, …"), "\(one)")
      let missing = try sandbox.run("task", "show", "nobody", "-w", "1")
      #expect(missing.status == 2 && missing.stderr.contains("no task 'nobody'"), "\(missing)")
    }

    @Test(
      "tasks are listed with the usage of their last attempts, sorted and filtered, and numbers are numbers")
    func tasks() throws {
      let sandbox = try done()
      let header = try sandbox.run("workflow", "tasks").stdout.split(separator: "\n")[0]
      #expect(
        header.split(separator: " ").joined(separator: " ")
          == "TASK_ID TASK_NAME TEMPLATE STATUS ATTEMPTS DURATION MEMORY NODE EXIT")
      func names(_ words: String...) throws -> [String] {
        try sandbox.start(["\(Sandbox.programs)/jobmon", "workflow", "tasks", "-n", "-l", "0"] + words).wait()
          .rows()
          .compactMap { $0["task_name"] as? String }
      }
      #expect(try names("--sort", "duration:desc").first == "count_0.2")
      #expect(try names("--sort", "duration").last == "last_one", "without a duration it comes last")
      #expect(try names("--longer-than", "0.1s") == ["count_0.2"])
      #expect(try names("--template", "c*", "--name", "*_0.0?").count == 4)
      #expect(try names("--attribute", "kind=counted", "lines=0.2") == ["count_0.2"])
      #expect(try names("-s", "fatal") == ["bad_one"])
      #expect(try names("--sort", "name").first == "bad_one")
      let byStatus = try names("--sort", "status")
      #expect(byStatus.first == "last_one" && byStatus.last == "bad_one", "PENDING to FATAL: \(byStatus)")
      let bad = try #require(try sandbox.rows("workflow", "tasks", "-s", "FATAL", "--commands").first)
      #expect(bad["exit_code"] as? Int == 3 && bad["attempts"] as? Int == 2 && bad["exit"] as? String == "3")
      #expect(bad["duration_seconds"] is Double && bad["peak_memory_bytes"] is Int && bad["node"] is String)
      #expect((bad["command"] as? String)?.hasPrefix("echo first") == true && bad["started"] is String)
      let cut = try sandbox.run("workflow", "tasks", "-l", "2")
      #expect(cut.stderr.contains("2 of 8 shown, -l 0 for all"), "\(cut)")
      #expect(try !sandbox.run("workflow", "tasks", "-l", "0").stderr.contains("shown"))
      #expect(try sandbox.run("workflow", "tasks", "-s", "DONE", "-l", "3").stderr.contains("3 of 6 shown"))
      for (words, answer) in [
        (["--sort", "durration"], "did you mean 'duration'?"), (["--sort", "duration:up"], "duration:desc"),
        (["--longer-than", "soon"], "10m"), (["-s", "DON"], "did you mean DONE?"),
      ] {
        let refused = try sandbox.start(["\(Sandbox.programs)/jobmon", "workflow", "tasks"] + words).wait()
        #expect(refused.status == 2 && refused.stderr.contains(answer), "\(words) \(refused)")
      }
    }

    @Test("every list that is cut says how many rows exist")
    func cutLists() throws {
      let sandbox = try done()
      for words in [
        "workflow tasks", "workflow filepaths", "workflow history", "task history bad_one",
        "workflow attributes",
        "workflow errors", "workflow explain", "workflow runs", "workflow status",
      ] {
        let command = ["\(Sandbox.programs)/jobmon"] + words.split(separator: " ").map(String.init)
        let all = try sandbox.start(command + ["-l", "0", "-n"]).wait().rows().count
        let cut = try sandbox.start(command + ["-l", "1"]).wait()
        if all > (words == "workflow explain" ? 2 : 1) {
          let shown = words == "workflow explain" ? 2 : 1
          #expect(cut.stderr.contains("\(shown) of \(all) shown, -l 0 for all"), "\(words), \(all): \(cut)")
        } else {
          #expect(!cut.stderr.contains("shown"), "\(words): \(cut)")
        }
      }
    }

    @Test("task show prints the command, the resources, the attempts and the reason of a failure")
    func card() throws {
      let sandbox = try done()
      let text = try sandbox.run("task", "show", "bad_one").stdout
      for part in [
        "task 7  bad_one", "FATAL", "1 (survey)", "echo the reason >&2; exit 3", sandbox.root,
        "1 core, memory 200 MiB", "the reason", "ATTEMPT",
      ] {
        #expect(text.contains(part), "\(part): \(text)")
      }
      #expect(text.split(separator: "\n").contains { $0.contains("ERROR") }, "both attempts: \(text)")
      let waits = try sandbox.run("task", "show", "last_one").stdout
      #expect(waits.contains("bad_one (task 7) FATAL") && waits.contains("no attempt yet"), "\(waits)")
      let card = try sandbox.run("task", "show", "count_0.2", "-n").object()
      #expect((card["arguments"] as? [String: [String: String]])?["node_args"] == ["n": "0.2"])
      #expect(card["attributes"] as? [String: String] == ["kind": "counted", "lines": "0.2"])
      let requested = try #require(card["requested"] as? [String: Any])
      #expect(requested["memory_bytes"] as? Int == 200 << 20 && requested["runtime_seconds"] as? Int == 60)
      let attempt = try #require((card["attempts"] as? [[String: Any]])?.first)
      #expect(attempt["exit_code"] as? Int == 0 && attempt["duration_seconds"] is Double)
    }

    @Test("runs and attributes are listed")
    func runsAndAttributes() throws {
      let sandbox = try done()
      #expect(try sandbox.run("run", "w.yaml", "--resume", "--quiet").status == 1)
      let runs = try sandbox.rows("workflow", "runs", "-w", "1")
      #expect(runs.compactMap { $0["run_id"] as? Int } == [2, 1])
      #expect(runs[1]["tasks_done"] as? Int == 6 && runs[0]["tasks_done"] as? Int == 0, "\(runs)")
      #expect(runs[0]["status"] as? String == "ERROR" && runs[0]["duration_seconds"] is Double)
      let all = try sandbox.rows("workflow", "attributes", "-l", "0")
      #expect(all.count == 1 + 12, "\(all)")
      #expect(all[0]["attribute"] as? String == "release" && all[0]["value"] as? String == "7")
      let lines = try sandbox.rows("task", "attributes", "count_0.2", "--name", "l*")
      #expect(
        lines.count == 1 && lines[0]["value"] as? String == "0.2"
          && lines[0]["source"] as? String == "command")
    }

    @Test("lists are printed as comma-separated values on request")
    func csv() throws {
      let sandbox = try done()
      let lines = try sandbox.run("workflow", "tasks", "--csv", "-l", "0", "--commands").stdout.split(
        separator: "\n")
      #expect(lines.count == 9 && lines[0].hasPrefix("task_id,task_name,template,status,attempts,"))
      #expect(lines[7].contains("bad_one,bad,FATAL,2,") && lines[7].contains("echo the reason"))
      #expect(try sandbox.run("workflow", "list", "-o", "csv").stdout.contains("\n1,survey,FAILED,"))
    }

    /// What a terminal of 80 columns shows.
    private func screen(_ sandbox: Sandbox, _ words: String) throws -> [String] {
      try sandbox.start(
        ["script", "-qefc", "stty cols 80 rows 30; exec \(Sandbox.programs)/jobmon \(words)", "/dev/null"],
        environment: ["TERM": "xterm", "TZ": "Europe/Berlin"]
      ).wait().stdout.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
    }

    @Test("no table is wider than a terminal of 80 columns, and times are local there")
    func narrow() throws {
      let sandbox = try done()
      let long = String(repeating: "a_rather_long_name_", count: 6) + "end"
      try sandbox.write(
        "long.yaml",
        """
        tool: t
        name: \(long)
        workflow_args: long
        task_templates:
          \(long): {command_template: "echo a reason that is far too long for any line >&2; exit {n}", node_args: [n]}
        tasks: [{template: \(long), for_each: {n: [1, 2]}, max_attempts: 1, name: "\(long)_{n}_语言测试"}]
        """)
      #expect(try sandbox.run("run", "long.yaml", "--quiet").status == 1)
      for words in [
        "workflow status", "workflow tasks", "workflow tasks --commands", "workflow runs", "workflow errors",
        "workflow filepaths", "workflow history", "workflow explain", "workflow attributes -w 1",
        "task status -t template:\(long)", "task dependencies -t 9", "cluster list", "cluster list -v",
        "config",
        "workflow resources usage -w 1", "workflow_tasks -w 2", "db check",
      ] {
        let table = try screen(sandbox, words).prefix {
          !$0.contains("not shown: ") && !$0.contains("times: ")
        }
        #expect(!table.isEmpty, "\(words)")
        for line in table where !line.hasPrefix("workflow 2 (") {
          let width = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
          #expect(width <= 80, "\(words): \(line)")
        }
      }
      let shown = try screen(sandbox, "workflow runs -w 1")
      #expect(shown.contains { $0.contains("times: CE") && $0.contains("UTC+0") }, "\(shown)")
      #expect(!shown.contains { $0.contains("T0") || $0.contains("Z  ") }, "\(shown)")
      let cut = try screen(sandbox, "workflow tasks -w 2")
      #expect(cut.contains { $0.contains("a_rat") && $0.contains("…") && $0.contains("测试") }, "\(cut)")
      let piped = try sandbox.run("workflow", "tasks", "-w", "2").stdout
      #expect(piped.contains(long), "files and pipes get everything")
    }

    @Test("the help fits one screen, and every command has an example")
    func help() throws {
      let sandbox = try Sandbox()
      for words in [[], ["--help"], ["-h"], ["help"]] {
        let help = try sandbox.start(["\(Sandbox.programs)/jobmon"] + words).wait()
        let lines = help.stdout.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(help.status == 0 && lines.count <= 40 && lines.allSatisfy { $0.count <= 80 }, "\(help)")
      }
      let groups = ["workflow": 18, "task": 8, "cluster": 2, "db": 6, "config": 2]
      for (group, least) in groups {
        let help = try sandbox.run(group, "--help").stdout
        let names = help.split(separator: "\n").filter { $0.hasPrefix("  ") && $0.dropFirst(2).first != " " }
          .compactMap { $0.split(whereSeparator: { " ,".contains($0) }).first.map(String.init) }
          .filter { !$0.hasPrefix("-") && $0 != "See" }
        #expect(names.count >= least, "\(group): \(names)")
        for name in names where name != "resources" {
          let own = try sandbox.run(group, name, "--help").stdout
          #expect(own.contains("EXAMPLE: jobmon "), "\(group) \(name): \(own)")
        }
      }
      for name in ["run", "init", "bind", "import", "export", "schema", "version", "resume"] {
        #expect(try sandbox.run(name, "--help").stdout.contains("EXAMPLE: jobmon "), "\(name)")
      }
    }
  }
}
