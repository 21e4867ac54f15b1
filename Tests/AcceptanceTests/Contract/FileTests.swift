import Foundation
import Testing

extension Acceptance {
  /// All features of workflow files, checked by what runs.
  struct FileTests {
    private static let head = """
      tool: t
      workflow_args: lines
      task_templates:
        a: {command_template: "echo {x:q} >> said", node_args: [x]}
        b: {command_template: "sort said > sorted; echo {x} >> sorted", node_args: [x]}
      """

    private func program(_ sandbox: Sandbox, _ arguments: [String], stdin: String = "") throws
      -> Child.Finished
    {
      try sandbox.write("stdin", stdin)
      return try sandbox.start(
        ["\(Sandbox.programs)/jobmon"] + arguments, stdin: sandbox.path("stdin")
      ).wait()
    }

    private static let lines = """
      {"template": "a", "id": "one", "args": {"x": 1.10}}

      {"template": "a", "id": 2, "for_each": {"x": ["012", "y z"]}}
      {"template": "b", "args": {"x": "last"}, "upstream_ids": ["one", 2]}
      """

    @Test(arguments: [
      FileTests.head + "\n---\n", "---\n" + FileTests.head + "\n---\n",
      """
      {"tool": "t", "workflow_args": "lines", "task_templates": {
        "a": {"command_template": "echo {x:q} >> said", "node_args": ["x"]},
        "b": {"command_template": "sort said > sorted; echo {x} >> sorted", "node_args": ["x"]}}}

      """,
    ])
    func entriesAreReadFromStandardInput(head: String) throws {
      let sandbox = try Sandbox()
      let ended = try program(sandbox, ["run", "-", "-o", "json"], stdin: head + Self.lines)
      #expect(ended.status == 0, "\(ended)")
      #expect(sandbox.read("sorted") == "012\n1.10\ny z\nlast\n")
      // The same as a file that lists the lines.
      try sandbox.write("tasks.jsonl", Self.lines + "\n")
      let file = try sandbox.write("workflow.yaml", Self.head + "\ntasks: {lines: tasks.jsonl}\n")
      let again = try program(sandbox, ["run", file, "--resume", "-o", "json"])
      #expect(try again.object()["workflow_id"] as? Int == ended.object()["workflow_id"] as? Int)
      #expect(try again.object()["tasks_previously_done"] as? Int == 4)
    }

    @Test(arguments: [
      ("{\"template\": \"a\", \"args\": {\"x\": 012}}", "JSON number", 41 - 8),
      ("{\"template\": \"a\", \"args\": {\"x\": 1}", "comma", 35),
      ("{\"template\": \"a\", \"args\": {\"x\": 1, \"x\": 2}}", "twice", 36),
      ("{\"template\": \"a\", \"upstream_ids\": [\"later\"], \"args\": {\"x\": 1}}", "'later'", 1),
      ("{\"tempalte\": \"a\"}", "template", 1), ("[1]", "mapping", 1),
    ])
    func aFaultInALineIsReportedWithItsPlace(line: String, words: String, column: Int) throws {
      let sandbox = try Sandbox()
      let refused = try program(
        sandbox, ["run", "-", "-o", "json"],
        stdin: Self.head + "\n---\n{\"template\":\"a\",\"args\":{\"x\":0}}\n" + line)
      #expect(refused.status == 2)
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect((error["message"] as? String)?.contains(words) == true, "\(refused)")
      #expect(error["line"] as? Int == 8)
      #expect(error["column"] as? Int == column, "\(refused)")
    }

    @Test func bindStoresTheWorkflowAndWritesIDs() throws {
      let sandbox = try Sandbox()
      let bound = try program(
        sandbox, ["bind", "-", "--ids", sandbox.path("ids")], stdin: Self.head + "\n---\n" + Self.lines)
      #expect(bound.status == 0 && bound.stdout == "1\n", "\(bound)")
      let ids = try #require(
        try JSONSerialization.jsonObject(with: Data(sandbox.read("ids").utf8)) as? [String: Any])
      #expect(ids["one"] as? Int == 1 && ids["2"] as? [Int] == [2, 3])
      #expect(!sandbox.exists("said"))
      #expect(try sandbox.rows("workflow_status").first?["wf_status"] as? String == "QUEUED")
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 0)
      #expect(sandbox.read("sorted").hasSuffix("last\n"))
    }

    @Test func aDryRunShowsThePlanAndWritesNothing() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_compute_resources: {memory: 2G, runtime: 1h}
        task_templates:
          a: {command_template: "touch ran.{x}", node_args: [x], default_compute_resources: {memory: 512M}}
          b: {command_template: "touch all {x:q}", node_args: [x]}
        tasks:
          - {template: a, for_each: {x: [1, "2; rm -rf x"]}}
          - {template: b, args: {x: "a b"}, upstream: [{template: a}]}
        """)
      let shown = try sandbox.run("run", file, "--dry-run")
      #expect(shown.status == 0, "\(shown)")
      for words in ["3 tasks", "critical path: 2 tasks", "512M", "2G"] {
        #expect(shown.stdout.contains(words), "\(shown)")
      }
      #expect(shown.stderr.contains("2; rm -rf x") && shown.stderr.contains("{x:q}"))
      #expect(!shown.stderr.contains("template 'b'"))
      let json = try sandbox.run("run", file, "--dry-run", "-o", "json").object()
      #expect(json["tasks_total"] as? Int == 3 && json["critical_path"] as? Int == 2)
      let arrays = try #require(json["arrays"] as? [[String: Any]])
      #expect(arrays.map { $0["memory_bytes"] as? Int } == [512 << 20, 2 << 30])
      #expect(!sandbox.exists("jobmon.db") && !sandbox.exists("ran.1"))
    }

    @Test func resourcesOfTheFileOverrideIncludedOnes() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "resources.yaml",
        """
        tool_resources: {local: {memory: 3G, runtime: 100}}
        task_template_resources:
          a: {local: {memory: 1G, cores: 1}}
          elsewhere: {local: {memory: 9G}}
        task_template_resource_scales: {a: {local: {memory: 0.25}}}
        """)
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        include: [resources.yaml]
        task_templates:
          a: {command_template: "true {x}", node_args: [x], default_compute_resources: {runtime: 50}}
          b: {command_template: "true {x}", node_args: [x]}
        tasks:
          - {template: a, args: {x: 1}}
          - {template: b, args: {x: 1}}
        """)
      let json = try sandbox.run("run", file, "--dry-run", "--json").object()
      let arrays = try #require(json["arrays"] as? [[String: Any]])
      #expect(arrays.map { $0["memory_bytes"] as? Int } == [1 << 30, 3 << 30])
      #expect(arrays.map { $0["runtime_seconds"] as? Int } == [50, 100])
    }

    @Test func onFinishGetsTheResult() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        on_finish: "echo $JOBMON_STATUS $JOBMON_WORKFLOW_ID $JOBMON_TASKS_DONE/$JOBMON_TASKS_TOTAL >> finished"
        task_templates:
          good: {command_template: "true"}
          bad: {command_template: "test -e ready"}
        tasks: [{template: good}, {template: bad}]
        """)
      #expect(try sandbox.run("run", file).status == 1)
      try sandbox.write("ready", "")
      #expect(try sandbox.run("run", file, "--resume").status == 0)
      #expect(sandbox.read("finished") == "ERROR 1 1/2\nDONE 1 2/2\n")
    }

    /// The workflow is DONE whatever happens to the command at its end, which never runs twice.
    @Test(arguments: [("driver.finish.before", ""), ("driver.finish.after", "DONE\n")])
    func aKillAroundOnFinishLosesNothing(point: String, said: String) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        on_finish: "echo $JOBMON_STATUS >> finished"
        task_templates: {a: {command_template: "echo ran >> said"}}
        tasks: [{template: a}]
        """)
      #expect(try sandbox.run("run", file, environment: ["JOBMON_KILL_AT": point]).status == -SIGKILL)
      #expect(try sandbox.rows("workflow_status").first?["wf_status"] as? String == "DONE")
      #expect(try sandbox.run("run", file, "--resume").status == 0)
      #expect(sandbox.read("finished") == said && sandbox.read("said") == "ran\n")
      #expect(try sandbox.run("db_check").status == 0)
    }

    /// At whatever point the new binding is killed, it is continued and keeps what is DONE.
    @Test(arguments: [
      "driver.bind.before", "store.bind.begun", "store.bind.slice", "store.bind.finished",
      "driver.bind.after",
    ])
    func aKillWhileChangesAreAcceptedLosesNothing(point: String) throws {
      let sandbox = try Sandbox()
      func workflow(_ list: String) -> String {
        """
        tool: t
        workflow_args: x
        task_templates: {a: {command_template: "echo {x} >> said", node_args: [x]}}
        tasks: [{template: a, for_each: {x: [\(list)]}}]
        """
      }
      let file = try sandbox.write("workflow.yaml", workflow("1, 2, 3"))
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.write("workflow.yaml", workflow("2, 3, 4"))
      #expect(
        try sandbox.run("run", file, "--accept-changes", environment: ["JOBMON_KILL_AT": point]).status
          == -SIGKILL)
      let again = try sandbox.run("run", file, "--accept-changes", "-o", "json")
      #expect(again.status == 0, "\(again)")
      #expect(try again.object()["tasks_previously_done"] as? Int == 2)
      #expect(sandbox.read("said").split(separator: "\n").sorted() == ["1", "2", "3", "4"])
      #expect(
        try sandbox.rows("workflow_status").compactMap { $0["wf_status"] as? String } == ["DONE", "ABORTED"])
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func commandsWriteAttributesOfTheirTasks() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        task_templates:
          a: {command_template: "echo rows=17 > $JOBMON_ATTRIBUTES; echo 'note=a = b' >> $JOBMON_ATTRIBUTES; echo no >> $JOBMON_ATTRIBUTES"}
          b: {command_template: "echo rows=18 > $JOBMON_ATTRIBUTES; test -f elsewhere/b.a$JOBMON_TASK_INSTANCE_ID"}
        tasks: [{template: a}, {template: b, compute_resources: {stdout: elsewhere}}]
        """)
      let run = try sandbox.run("run", file)
      #expect(run.status == 0)
      #expect(run.stderr.contains("'no' does not have the form key=value"), "\(run)")
      #expect(try sandbox.query("SELECT written FROM task WHERE id = 2") == "{\"rows\":\"18\"}\n")
      let written = try sandbox.query("SELECT written FROM task WHERE id = 1")
      #expect(
        try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String: String] == [
          "rows": "17", "note": "a = b",
        ])
      #expect(try sandbox.shell("find logs elsewhere -type f ! -name '*.[oe]*'").isEmpty)
      #expect(try !sandbox.shell("find logs -type d -path 'logs/*/attributes' -perm 700").isEmpty)
    }

    @Test func unwritableAttributesAreReportedOnce() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        task_templates: {a: {command_template: "true"}}
        tasks: [{template: a}]
        """)
      // The log folder is usable, but the workflow's folder in it is not.
      #expect(try sandbox.run("bind", file).status == 0)
      let store = try sandbox.query("SELECT substr(uuid, 1, 6) FROM store")
        .trimmingCharacters(in: .newlines)
      try sandbox.shell("mkdir logs && touch logs/1-\(store)")
      let run = try sandbox.run("run", file)
      #expect(run.status == 1, "\(run)")
      let told = run.stderr.split(separator: "\n").first { $0.contains("/attributes cannot be created") }
      #expect(told?.contains("Not a directory") == true, "\(run)")
      #expect(run.stderr.components(separatedBy: "/attributes cannot be created").count == 2, "\(run)")
    }

    @Test func acceptedChangesKeepDoneTasks() throws {
      let sandbox = try Sandbox()
      func workflow(_ list: String, _ command: String) -> String {
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        task_templates: {a: {command_template: "\(command)", node_args: [x], op_args: [p]}}
        params: {p: 1}
        tasks: [{template: a, for_each: {x: [\(list)]}}]
        """
      }
      let file = try sandbox.write(
        "workflow.yaml", workflow("1, 2, 3", "echo {x} >> said; test {x} -ne {p}3"))
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.write("workflow.yaml", workflow("2, 3, 4", "echo {x} >> said; test {x} -ne {p}3"))
      let refused = try sandbox.run("run", file, "--resume")
      #expect(
        refused.status == 3 && refused.stderr.contains("added      1 task of a")
          && refused.stderr.contains("gone       1 task of a"),
        "\(refused)")
      let accepted = try sandbox.run("run", file, "--accept-changes", "-o", "json")
      #expect(accepted.status == 0, "\(accepted)")
      let object = try accepted.object()
      #expect(object["workflow_id"] as? Int == 2 && object["tasks_previously_done"] as? Int == 2)
      #expect(sandbox.read("said").split(separator: "\n").sorted() == ["1", "2", "3", "4"])
      // Both are kept; the old one cannot be resumed.
      let rows = try sandbox.rows("workflow_status", "-w", "1", "2")
      #expect(rows.compactMap { $0["wf_status"] as? String } == ["DONE", "ABORTED"])
      let old = try sandbox.run("workflow_resume", "-w", "1")
      #expect(old.status == 3 && old.stderr.contains("workflow 2"), "\(old)")
      #expect(try sandbox.run("run", file, "--resume").status == 0)
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func argumentsArePassedUnchanged() throws {
      let sandbox = try Sandbox()
      let values = [
        "", " ", "two  blanks", "-n", "--help", "it's", "\"quoted\"", "$HOME `id` $(id)", "a\nb\n",
        "tab\there",
        "ünïcödé 日本 🦆", "back\\slash", "*", "{brace}", "#", "a;b&c|d>e", "é\u{301}", "\u{1}\u{7f}",
        String(repeating: "x", count: 100_000),
      ]
      let entries = try values.enumerated().map { number, value in
        // Braces mark arguments in an entry's args, so they are doubled.
        let entry: [String: Any] = [
          "template": "put",
          "args": ["n": "\(number)", "value": value.replacing("{", with: "{{").replacing("}", with: "}}")],
        ]
        return String(decoding: try JSONSerialization.data(withJSONObject: entry), as: UTF8.self)
      }
      let head = """
        tool: t
        workflow_args: x
        task_templates:
          put:
            command_template: "printf %s {value:q} > quoted.{n}; printf %s \\"$JOBMON_ARG_VALUE\\" > variable.{n}"
            node_args: [n, value]
        ---

        """
      let ended = try program(sandbox, ["run", "-"], stdin: head + entries.joined(separator: "\n"))
      #expect(ended.status == 0, "\(ended)")
      for (number, value) in values.enumerated() {
        // Compare bytes: equal characters can have different bytes.
        #expect(sandbox.read("quoted.\(number)").utf8.elementsEqual(value.utf8))
        #expect(sandbox.read("variable.\(number)").utf8.elementsEqual(value.utf8))
      }
    }

    @Test func longArgumentsArePassedInAFile() throws {
      let sandbox = try Sandbox()
      // 125 KiB: too long for a variable, but not for a word.
      let long = String(repeating: "0123456789abcdef", count: 8000)
      try sandbox.write("long.txt", long + "\n")
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        task_templates:
          a:
            command_template: "cat $JOBMON_ARG_FILE_VALUE > copy; printf %s {value} > word; env | grep -c ^JOBMON_ARG_VALUE= > exported"
            op_args: [value]
        tasks: [{template: a, args: {value: "\(long)"}}]
        """)
      // grep -c finds no match and exits with 1.
      #expect(try sandbox.run("run", file, "--max-attempts", "1").status == 1)
      #expect(
        sandbox.read("copy") == long && sandbox.read("word") == long && sandbox.read("exported") == "0\n")
    }

    @Test func outputMayContainBytesThatAreNotText() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        task_templates: {a: {command_template: "printf 'out \\\\377\\\\n'; printf 'bad \\\\377\\\\376 end\\\\n' >&2; exit 3"}}
        tasks: [{template: a}]
        """)
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(ended.status == 1, "\(ended)")
      let failed = try #require((try ended.object()["failed_tasks"] as? [[String: Any]])?.first)
      #expect((failed["stderr_tail"] as? String)?.contains("bad") == true, "\(ended)")
      #expect(try sandbox.run("logs", "-t", "1", "--stderr").status == 0)
      #expect(try sandbox.rows("errors", "-w", "1").count == 1)
    }

    @Test func theSchemaHasAllKeysAndInitWritesAWorkflow() throws {
      let sandbox = try Sandbox()
      let schema = try sandbox.run("schema").object()
      let properties = try #require(schema["properties"] as? [String: Any])
      #expect(properties.count == 19)
      #expect(try sandbox.run("init").status == 0)
      #expect(try sandbox.run("run", "workflow.yaml").status == 0)
      #expect(sandbox.read("total") == "15\n")
      #expect(try sandbox.run("init").status == 2)
    }
  }
}
