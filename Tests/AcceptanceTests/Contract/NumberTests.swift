import Foundation
import Testing

extension Acceptance {
  /// Extreme numbers wherever a number can be entered: the program answers or refuses, and never crashes. All of them
  /// with `JOBMON_SOAK=1`, otherwise a sample.
  @Suite struct NumberTests {
    private static let values = [
      "0", "-1", "2147483648", "4294967296", "9007199254740993", "9223372036854775807",
      "-9223372036854775808",
      "18446744073709551616", "1e300", "-1e300", "1e-300", "1e308", "1e400", "inf", "nan", ".inf", ".nan", "",
      " ",
      "٣", "1_000", "0x10", "1e3", "9999999999d", "99999999999999999999P", "1000000000000",
      String(repeating: "9", count: 400),
    ]

    /// One place where a number can be entered.
    private struct Way {
      var name: String
      var arguments: [String] = ["run", "w.yaml", "--seconds-until-timeout", "1", "--quiet"]
      var environment: [String: String] = [:]
      /// Files to write before the run.
      var files: [String: String] = [:]
    }

    private static let workflow = """
      tool: t
      workflow_args: "{stamp}"
      params: {stamp: x}
      default_max_attempts: 2
      default_compute_resources: {any: {cores: 1, memory: 1M, runtime: 10s}}
      task_templates: {a: {command_template: "true {n}", node_args: [n]}}
      tasks: [{template: a, for_each: {n: [1, 2]}}]

      """

    // MARK: Places

    private static func flags(_ value: String) -> [Way] {
      let run = ["run", "w.yaml", "--quiet"]
      return [
        run + ["--seconds-until-timeout=\(value)"],
        run + ["--seconds-until-timeout", "1", "--max-concurrently-running=\(value)"],
        run + ["--max-attempts=\(value)"], run + ["--resume", "--resume-timeout=\(value)"],
        run + ["--control=\(value)"], ["run", "w.yaml", "--dry-run", "--set", "stamp=\(value)"],
        ["workflow_resume", "-w=\(value)"], ["workflow_resume", "-w", "1", "--timeout=\(value)"],
        ["workflow_status", "-w=\(value)"], ["workflow_status", "-l=\(value)"],
        ["workflow_status", "--since=\(value)"], ["workflow_status", "--since=\(value)-01-01"],
        ["workflow_status", "--since=\(value)d"], ["workflow_tasks", "-w=\(value)"],
        ["workflow_tasks", "-w", "1", "-l=\(value)"], ["task_status", "-t=\(value)"],
        ["task_dependencies", "-t=\(value)"], ["logs", "-t=\(value)"], ["logs", "-w=\(value)"],
        ["logs", "-t", "1", "--tail=\(value)"], ["logs", "-t", "1", "--attempt=\(value)"],
        ["get_filepaths", "-w", "1", "-l=\(value)"], ["errors", "-w", "1", "-l=\(value)"],
        ["errors", "-w=\(value)"],
        ["explain", "-t=\(value)"], ["explain", "-w", "1", "-l=\(value)"], ["watch", "-w=\(value)"],
        ["report", "-w=\(value)", "-f", "r.html"], ["history", "-w", "1", "-l=\(value)"],
        ["history", "-t=\(value)"], ["concurrency_limit", "-w=\(value)", "-m", "1"],
        ["concurrency_limit", "-w", "1", "-m=\(value)"], ["workflow_stop", "-w=\(value)"],
        ["workflow_reset", "-w=\(value)", "-f"],
        ["update_task_status", "-t=\(value)", "-w", "1", "-s", "PENDING", "-f"],
        ["task_template_resources", "-w=\(value)"], ["task_template_resources", "-v=\(value)"],
        ["create_resource_yaml", "-w", "1", "--margin=\(value)"], ["create_resource_yaml", "-t=\(value)"],
        ["export", "-w=\(value)"],
        ["import", "trace.json", "--time-scale=\(value)", "--workflow-args=\(value)"],
        ["db_prune", "--older-than=\(value)", "--dry-run"], ["db_prune", "-w=\(value)", "--dry-run"],
        ["cluster_check", "none", "--patience=\(value)"], ["update_config", "heartbeat.interval", value],
        ["update_config", "engine.kill_grace", value],
      ].map { Way(name: "jobmon", arguments: $0) }
    }

    private static let settings = [
      "heartbeat.interval", "heartbeat.dead_after", "engine.infrastructure_attempts", "engine.backoff_first",
      "engine.backoff_max", "engine.kill_grace",
    ]

    private static func configuration(_ value: String) -> [Way] {
      settings.flatMap { key -> [Way] in
        let variable = "JOBMON__" + key.uppercased().replacing(".", with: "__")
        let parts = key.split(separator: ".")
        var file = Way(name: "the file's \(key)", files: ["c.yaml": "\(parts[0]): {\(parts[1]): \(value)}\n"])
        file.arguments += ["--config", "c.yaml"]
        return [Way(name: "$\(variable)", environment: [variable: value]), file]
      }
        + ["JOBMON_STANDSTILL", "SLURM_CPUS_PER_TASK", "COLUMNS", "LINES"].map { name in
          Way(name: "$\(name)", environment: [name: value])
        } + [Way(name: "help in COLUMNS", arguments: ["run", "--help"], environment: ["COLUMNS": value])]
    }

    private static func files(_ value: String) -> [Way] {
      [
        ("max_attempts", "default_max_attempts: 2", "default_max_attempts: \(value)"),
        ("cores", "cores: 1", "cores: \(value)"), ("memory", "memory: 1M", "memory: \(value)"),
        ("runtime", "runtime: 10s", "runtime: \(value)"),
        ("range", "{n: [1, 2]}", "{n: {range: [1, \(value)]}}"),
        ("range", "{n: [1, 2]}", "{n: {range: [\(value), 2]}}"),
        ("scale", "tool: t", "tool: t\ndefault_resource_scales: {memory: \(value), runtime: \(value)}"),
        ("scales", "tool: t", "tool: t\ndefault_resource_scales: {memory: [\(value)], runtime: [\(value)]}"),
        ("priority", "tool: t", "tool: t\ndefault_priority: \(value)"),
        ("limit", "tool: t", "tool: t\nmax_concurrently_running: \(value)"),
        ("limit", "node_args: [n]", "node_args: [n], max_concurrently_running: \(value)"),
        (
          "codes", "node_args: [n]",
          "node_args: [n], retry_exit_codes: [\(value)], no_retry_exit_codes: [\(value)]"
        ),
        ("argument", "[1, 2]", "[\(value)]"),
      ].flatMap { name, old, new -> [Way] in
        let text = workflow.replacing(old, with: new)
        return [
          Way(
            name: "\(name) in a file",
            arguments: ["run", "n.yaml", "--seconds-until-timeout", "1", "--quiet"],
            files: ["n.yaml": text]),
          Way(
            name: "\(name) in a file", arguments: ["run", "n.yaml", "--dry-run", "--json"],
            files: ["n.yaml": text]),
        ]
      } + [
        Way(
          name: "a resource file", arguments: ["run", "n.yaml", "--dry-run"],
          files: [
            "r.yaml":
              "task_template_resources: {a: {any: {cores: \(value), memory: \(value), runtime: \(value)}}}\n",
            "n.yaml": "include: [r.yaml]\n" + workflow,
          ])
      ]
    }

    /// As a JSON number if it is one, and as text.
    private static func json(_ value: String) -> [String] {
      let isNumber = value.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?/) != nil
      return ["\"\(value)\""] + (isNumber ? [value] : [])
    }

    private static func options(_ value: String) -> [Way] {
      json(value).flatMap { value -> [Way] in
        let dummy =
          [
            "seed", "nodes", "cores", "memory", "max_outstanding", "max_batch", "queue_wait", "runtime",
            "answer",
            "late", "peak_memory",
          ].map { "\"\($0)\": \(value)" }
          + ["uniform", "normal", "lognormal"].flatMap { name in
            ["\(value), 1", "1, \(value)"].map { "\"runtime\": {\"\(name)\": [\($0)]}" }
          }
          + [
            "\"runtime\": {\"exponential\": \(value)}",
            "\"peak_memory\": {\"lognormal\": [\"1G\", \(value)]}",
            "\"runtimes\": {\"a\": \(value)}", "\"faults\": {\"memory\": 1, \"exit\": \(value)}",
            "\"faults\": {\"exit_code\": \(value)}",
            "\"faults\": {\"node_absence\": \(value), \"node_loss\": 5}",
            "\"queues\": [{\"name\": \"q\", \"max_cores\": \(value), \"max_memory\": \(value), \"max_runtime\": \(value)}]",
          ]
        let local = ["slots", "memory"].map { "\"\($0)\": \(value)" } + [dummy[dummy.count - 1]]
        let slurm = [
          "max_outstanding", "warning", "longest_pending", "lost_after", "silence", "report_delay",
        ].map {
          "\"\($0)\": \(value)"
        }
        return dummy.map { cluster("dummy", "\"time\": \"virtual\", \($0)") }
          + local.map { cluster("local", $0) }
          + slurm.map { cluster("slurm", $0) }
      }
    }

    private static func cluster(_ plugin: String, _ options: String) -> Way {
      var way = Way(
        name: "\(plugin) {\(options)}",
        files: ["p.json": "{\"clusters\": {\"it\": {\"plugin\": \"\(plugin)\", \"options\": {\(options)}}}}"])
      way.arguments += ["-c", "it", "--plugins", "p.json"]
      return way
    }

    private static func traces(_ value: String) -> [Way] {
      json(value).flatMap { value in
        ["runtimeInSeconds", "memoryInBytes", "cores"].flatMap { key -> [Way] in
          [
            Way(
              name: "\(key) of a trace", arguments: ["import", "t.json"],
              files: ["t.json": trace("\"\(key)\": \(value)")]),
            Way(
              name: "\(key) of a trace", arguments: ["import", "t.json", "--time-scale", "1e308"],
              files: ["t.json": trace("\"\(key)\": \(value)")]),
          ]
        }
      }
    }

    private static func trace(_ member: String) -> String {
      #"{"name": "n", "workflow": {"tasks": [{"name": "a", "id": "a", "type": "compute", \#(member)}]}}"#
    }

    private static let ways = [flags, configuration, files, options, traces]

    // MARK: The checks

    @Test(arguments: 0..<5) func extremeNumbersNeverCrashTheProgram(kind: Int) throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow)
      try sandbox.write("trace.json", Self.trace(#""runtimeInSeconds": 1e300, "memoryInBytes": -5"#))
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      let all = Self.values.flatMap { value in Self.ways[kind](value).map { ($0, value) } }
      // A sample has different values for each place: the step and the number of places have no common factor.
      let sample = TestScale.isSoak ? 1 : max(1, all.count / 25 | 1)
      for (number, (way, value)) in all.enumerated() where number % sample == 0 {
        for (name, text) in way.files { try sandbox.write(name, text) }
        var arguments = way.arguments
        if arguments[0] == "run", !arguments.contains("--resume"), !arguments.contains("--help") {
          arguments += ["--workflow-args", "\(number)"]
        }
        let ended = try sandbox.start(
          ["\(Sandbox.programs)/jobmon"] + arguments, environment: way.environment
        ).wait(30)
        let what = "\(way.name): '\(value)', \(arguments.joined(separator: " ")): \(ended)"
        #expect([0, 1, 2, 3, 4, 130].contains(ended.status), "\(what)")
        if ended.status == 2 { #expect(!ended.stderr.isEmpty || ended.stdout.contains("message"), "\(what)") }
      }
    }

    /// The argument parser formats the help for the given width.
    @Test func helpIsPrintedForAnyColumns() throws {
      let sandbox = try Sandbox()
      for columns in ["0", "-1", "1", "27", "-9223372036854775808", "9223372036854775807", "many", ""] {
        let help = try sandbox.run("run", "--help", environment: ["COLUMNS": columns])
        #expect(help.status == 0 && help.stdout.contains("--seconds-until-timeout"), "\(columns): \(help)")
        let wrong = try sandbox.run("run", environment: ["COLUMNS": columns])
        #expect(wrong.status == 2 && wrong.stderr.contains("Usage"), "\(columns): \(wrong)")
      }
      let narrow = try sandbox.shell(
        "script -qec 'stty cols 10; \(Sandbox.programs)/jobmon run --help' /dev/null")
      #expect(narrow.contains("--max-attempts"), "\(narrow)")
    }

    /// Large values are valid, but never reached.
    @Test func hugeTimeSpansAreAccepted() throws {
      let sandbox = try Sandbox()
      let text = Self.workflow.replacing("runtime: 10s", with: "runtime: 1000000000000")
      let file = try sandbox.write("w.yaml", text)
      let plan = try sandbox.run("run", file, "--dry-run", "--json").object()
      #expect((plan["arrays"] as? [[String: Any]])?.first?["runtime_seconds"] as? Int == 1_000_000_000_000)
      for (number, span) in ["1000000000000", "1e308", "inf"].enumerated() {
        let ended = try sandbox.run(
          "run", file, "--seconds-until-timeout", span, "--workflow-args", "\(number)",
          environment: [
            "JOBMON__ENGINE__KILL_GRACE": "99999999999d", "JOBMON__ENGINE__BACKOFF_MAX": "99999999999d",
          ])
        #expect(ended.status == 0, "\(ended)")
      }
    }

    @Test(arguments: [
      (["--seconds-until-timeout", "nan"], "--seconds-until-timeout"),
      (["--resume", "--resume-timeout", "nan"], "--resume-timeout"),
      (["--resume", "--resume-timeout=-1"], "--resume-timeout"), (["--max-attempts", "1_000"], "1_000"),
    ])
    func invalidNumbersAreNamed(arguments: [String], word: String) throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow)
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon", "run", "w.yaml"] + arguments).wait()
      #expect(refused.status == 2 && refused.stderr.contains(word), "\(refused)")
      let heart = try sandbox.run("run", "w.yaml", environment: ["JOBMON__HEARTBEAT__INTERVAL": "0"])
      #expect(heart.status == 2 && heart.stderr.contains("more than 0"), "\(heart)")
    }
  }
}
