import Foundation
import Testing

extension Acceptance {
  /// Text from other programs: Windows line ends, byte order marks, truncated streams, merged keys, words of other
  /// systems.
  struct TextTests {
    private static let head = """
      tool: t
      workflow_args: x
      task_templates:
        a: {command_template: "printf '%s|' {n} >> said", node_args: [n]}
        b: {command_template: "printf '%s|' {n:q} {m:q} >> said", node_args: [n, m]}

      """

    private func values(_ sandbox: Sandbox) -> [String] {
      sandbox.read("said").split(separator: "|").map(String.init).sorted()
    }

    private func run(_ sandbox: Sandbox, _ arguments: [String], stdin: String = "") throws -> Child.Finished {
      try sandbox.write("stdin", stdin)
      return try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments, stdin: sandbox.path("stdin"))
        .wait()
    }

    @Test(arguments: ["a\r\nb\r\n", "\u{FEFF}a\r\nb", "a\n\n  \r\nb\n\n", "a\nb"])
    func listsMayHaveAnyLineEnds(text: String) throws {
      let sandbox = try Sandbox()
      try sandbox.write("list", text)
      let file = try sandbox.write(
        "w.yaml", Self.head + "tasks: [{template: a, for_each: {n: {lines: list}}}]\n")
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(try ended.status == 0 && ended.object()["tasks_total"] as? Int == 2, "\(ended)")
      #expect(values(sandbox) == ["a", "b"])
    }

    @Test(arguments: ["n,m\r\n1,x y\r\n\r\n2,\"a\r\nb\"\r\n", "\u{FEFF}n,m\n1,x y\n2,\"a\r\nb\""])
    func tablesMayHaveAnyLineEnds(text: String) throws {
      let sandbox = try Sandbox()
      try sandbox.write("table.csv", text)
      let file = try sandbox.write(
        "w.yaml", Self.head + "tasks: [{template: b, for_each_row: {csv: table.csv}}]\n")
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(try ended.status == 0 && ended.object()["tasks_total"] as? Int == 2, "\(ended)")
      #expect(values(sandbox) == ["1", "2", "a\r\nb", "x y"])
    }

    @Test func workflowFilesMayHaveWindowsLineEnds() throws {
      let sandbox = try Sandbox()
      let text = "\u{FEFF}" + Self.head + "tasks: [{template: a, for_each: {n: [1, 2]}}]\n"
      let file = try sandbox.write("w.yaml", text.replacing("\n", with: "\r\n"))
      #expect(try sandbox.run("run", file).status == 0)
      #expect(values(sandbox) == ["1", "2"])
      // The same as a stream.
      let stream =
        "\u{FEFF}" + Self.head.replacing("args: x", with: "args: y") + "---\n"
        + "{\"template\": \"a\", \"args\": {\"n\": 3}}\n\n{\"template\": \"a\", \"args\": {\"n\": 4}}\n"
      let ended = try run(sandbox, ["run", "-"], stdin: stream.replacing("\n", with: "\r\n"))
      #expect(ended.status == 0 && values(sandbox) == ["1", "2", "3", "4"], "\(ended)")
    }

    @Test func logsAndAttributesMayHaveWindowsLineEnds() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 1
        task_templates:
          a: {command_template: "seq -s \\"$(printf '\\\\r\\\\n_')\\" 1 30 | tr -d _ >&2; printf 'k=v\\\\r\\\\nl=w\\\\r\\\\n' > $JOBMON_ATTRIBUTES; exit 3"}
        tasks: [{template: a}]
        """)
      let ended = try sandbox.run("run", file, "-o", "json")
      let failed = try #require((try ended.object()["failed_tasks"] as? [[String: Any]])?.first)
      #expect(
        failed["stderr_tail"] as? String == (21...30).map(String.init).joined(separator: "\n"), "\(ended)")
      #expect(try sandbox.query("SELECT written FROM task") == "{\"k\":\"v\",\"l\":\"w\"}\n")
    }

    @Test func configurationFilesMayHaveWindowsLineEnds() throws {
      let sandbox = try Sandbox()
      let text = "\u{FEFF}ui:\r\n  color: never\r\n"
      try sandbox.write("c.yaml", text)
      let path = sandbox.path("c.yaml")
      #expect(try sandbox.run("update_config", "ui.progress", "false", "--config-file", path).status == 0)
      #expect(try sandbox.run("update_config", "heartbeat.interval", "7", "--config-file", path).status == 0)
      let rows = try sandbox.rows("config", "--config-file", path)
      let values = Dictionary(
        uniqueKeysWithValues: rows.map { ($0["key"] as? String ?? "", $0["value"] as? String) })
      #expect(
        values["ui.color"] == "never" && values["ui.progress"] == "false"
          && values["heartbeat.interval"] == "7")
    }

    /// U+FEFF in a value, in any position and notation.
    @Test func byteOrderMarksInValuesAreKept() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        task_templates: {a: {command_template: "printf %s {v:q} > said.{n}", node_args: [n, v]}}
        tasks:
          - {template: a, args: {n: 1, v: "\u{FEFF}quoted\u{FEFF}"}}
          - {template: a, args: {n: 2, v: "\\uFEFFescaped"}}
          - {template: a, args: {n: 3, v: '\\uFEFFplain'}}
          - template: a
            args:
              n: 4
              v: \u{FEFF}bare
          - {template: a, args: {n: 5, v: !!str "\\ufefftagged"}}
        """)
      let ended = try sandbox.run("run", file)
      #expect(ended.status == 0, "\(ended)")
      let expected = [
        "\u{FEFF}quoted\u{FEFF}", "\u{FEFF}escaped", "\\uFEFFplain", "\u{FEFF}bare", "\u{FEFF}tagged",
      ]
      for (number, text) in expected.enumerated() {
        let bytes = FileManager.default.contents(atPath: sandbox.path("said.\(number + 1)")) ?? Data()
        #expect(bytes.elementsEqual(text.utf8), "\(number + 1): \([UInt8](bytes))")
      }
    }

    /// The same letter as one and as two characters gives two values, for the identity and for `where`.
    @Test func whereComparesBytes() throws {
      let sandbox = try Sandbox()
      let (one, two) = ("\u{E9}", "e\u{301}")
      let file = try sandbox.write(
        "w.yaml",
        Self.head + """
          tasks:
            - {template: a, name: one, args: {n: "\(one)"}}
            - {template: a, name: two, args: {n: "\(two)"}}
            - {template: b, args: {n: after, m: "\(two)"}, upstream: [{template: a, where: {n: "{m}"}}]}

          """)
      #expect(try sandbox.run("bind", file).stdout == "1\n")
      let rows = try sandbox.rows("task_dependencies", "-t", "3")
      #expect(rows.compactMap { $0["task_name"] as? String } == ["two"])
    }

    static let cut = [
      // Each stream ends too early, or has more after its end.
      (
        head + "tasks:\n  - {template: a, args: {n: 1}}\n  - template: a\n    args: {n: 2}\n    name: se",
        "middle of a line"
      ),
      (
        head + "---\n{\"template\": \"a\", \"args\": {\"n\": 1}}\n{\"template\": \"a\", \"ar", "closing quote"
      ),
      ("framed: true\n" + head + "---\n{\"template\": \"a\", \"args\": {\"n\": 1}}\n", "{\"end\": true}"),
      (
        "framed: true\n" + head + "---\n{\"template\": \"a\", \"args\": {\"n\": 1}}\n{\"end\": false}\n",
        "{\"end\": true}"
      ),
      (
        "framed: true\n" + head + "---\n{\"end\": true}\n{\"template\": \"a\", \"args\": {\"n\": 1}}\n",
        "continues after"
      ),
    ]

    @Test(arguments: TextTests.cut)
    func aTruncatedStreamRunsNothing(text: String, words: String) throws {
      let sandbox = try Sandbox()
      for command in ["run", "bind"] {
        let refused = try run(sandbox, [command, "-", "-n", "-o", "json"], stdin: text)
        let error = try #require(try refused.object()["error"] as? [String: Any], "\(refused)")
        #expect(refused.status == 2 && error["code"] as? String == "invalid_file", "\(refused)")
        #expect((error["message"] as? String)?.contains(words) == true, "\(refused)")
      }
      #expect(!sandbox.exists("said") && !sandbox.exists("jobmon.db"))
    }

    @Test func aCompleteFramedStreamRuns() throws {
      let sandbox = try Sandbox()
      let ended = try run(
        sandbox, ["run", "-"],
        stdin: "framed: true\n" + Self.head
          + "---\n{\"template\": \"a\", \"args\": {\"n\": 1}}\n{\"end\": true}\n\n")
      #expect(ended.status == 0 && values(sandbox) == ["1"], "\(ended)")
    }

    @Test func mappingsAreMerged() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        task_templates:
          small: &small
            command_template: "echo small {n} >> said"
            node_args: [n]
            default_compute_resources: &sizes {memory: 1G, cores: 1}
          large:
            <<: *small
            command_template: "echo large {n} >> said"
            default_compute_resources: {<<: [*sizes], memory: 2G}
        tasks:
          - {template: small, args: {n: 1}}
          - {template: large, args: {n: 2}}
        """)
      let json = try sandbox.run("run", file, "--dry-run", "-o", "json").object()
      let arrays = try #require(json["arrays"] as? [[String: Any]])
      #expect(arrays.map { $0["memory_bytes"] as? Int } == [1 << 30, 2 << 30])
      #expect(try sandbox.run("run", file).status == 0)
      #expect(sandbox.read("said").split(separator: "\n").sorted() == ["large 2", "small 1"])
      try sandbox.write("w.yaml", Self.head + "tasks: [{<<: no mapping, template: a, args: {n: 1}}]\n")
      let refused = try sandbox.run("run", file)
      #expect(refused.status == 2 && refused.stderr.contains("'<<'"), "\(refused)")
    }

    // MARK: Unknown names

    private static func resources(_ text: String) -> String {
      head + "default_compute_resources: \(text)\ntasks: [{template: a, args: {n: 1}}]\n"
    }

    @Test(arguments: [
      ("{mem: 1G}", ["'mem'", "did you mean 'memory'"]),
      ("{any: {time: 1h}}", ["'time'", "did you mean 'runtime'"]),
      ("{memroy: 1G}", ["'memroy'", "did you mean 'memory'"]),
      ("{slurn: {queue: long}}", ["'slurn'", "did you mean 'slurm'"]),
    ])
    func unknownResourcesCauseAWarning(resources: String, words: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.resources(resources))
      for arguments in [["run", file, "--dry-run"], ["bind", file], ["run", file]] {
        let ended = try run(sandbox, arguments)
        #expect(ended.status == 0, "\(ended)")
        for word in words + ["warning: "] { #expect(ended.stderr.contains(word), "\(arguments): \(ended)") }
        #expect(ended.stderr.components(separatedBy: "warning: ").count == 2, "one warning: \(ended)")
      }
    }

    @Test(arguments: [
      ("default_compute_resources: {local: {mem: 1G}}\n", "invalid_file", "did you mean 'memory'"),
      ("default_compute_resources: {local: {time: 1h}}\n", "invalid_file", "did you mean 'runtime'"),
      ("default_cluster_name: locla\n", "unknown_cluster", "did you mean 'local'"),
    ])
    func unknownNamesForAKnownClusterAreRefused(line: String, code: String, words: String) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.head + line + "tasks: [{template: a, args: {n: 1}}]\n")
      for arguments in [
        ["run", file, "--dry-run", "-o", "json"], ["bind", file, "-n"], ["run", file, "-o", "json"],
      ] {
        let refused = try run(sandbox, arguments)
        let error = try #require(try refused.object()["error"] as? [String: Any], "\(refused)")
        #expect(
          error["code"] as? String == code && (error["message"] as? String)?.contains(words) == true,
          "\(refused)")
      }
    }

    @Test func unknownTemplatesOfAnIncludeCauseAWarning() throws {
      let sandbox = try Sandbox()
      try sandbox.write("r.yaml", "task_template_resources: {aa: {local: {memory: 1G}}}\n")
      let file = try sandbox.write(
        "w.yaml", "include: [r.yaml]\n" + Self.head + "tasks: [{template: a, args: {n: 1}}]\n")
      for arguments in [["run", file, "--dry-run"], ["bind", file], ["run", file]] {
        let ended = try run(sandbox, arguments)
        #expect(
          ended.status == 0 && ended.stderr.contains("'aa'") && ended.stderr.contains("did you mean 'a'"),
          "\(ended)")
      }
    }

    @Test func aLimitOfZeroIsReported() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "w.yaml", Self.head + "max_concurrently_running: 0\ntasks: [{template: a, args: {n: 1}}]\n")
      let paused = try sandbox.jobmon("run", file)
      try eventually("the pause is reported: \(paused.stderr)") {
        paused.stderr.contains("paused (limit 0)") && paused.stderr.contains("workflow concurrency -w 1 -m N")
      }
      #expect(try sandbox.run("concurrency_limit", "-w", "1", "-m", "2").status == 0)
      #expect(try paused.wait().status == 0)
    }
  }
}
