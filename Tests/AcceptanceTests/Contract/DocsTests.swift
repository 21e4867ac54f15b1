import Foundation
import TestSupport
import Testing

extension Acceptance {
  /// Every command in README.md and docs/ prints what the page shows.
  ///
  /// The blocks of a page run in order, in their own folder and home. ` ```LANGUAGE file=NAME ` is a file. In `
  /// ```console ` lines that begin with `$ ` are commands, and the lines below are their output (a line `…` stands for
  /// any lines). ` ```sh by-hand ` is not run, and may contain only the commands of ``byHand``. With
  /// JOBMON_WRITE_DOCS=1 the output in the pages is replaced by the output of the commands.
  struct DocsTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    /// Commands that build, install or submit.
    private static let byHand: Set<String> = [
      "make", "swift", "cd", "sbatch", "source", "export", "sudo", "pip", "ssh", "tar", "apt-get",
    ]

    static let pages: [String] = {
      let docs = (try? FileManager.default.contentsOfDirectory(atPath: project.path + "/docs")) ?? []
      return ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    @Test(arguments: pages) func pagesShowTheOutputOfTheirCommands(_ name: String) throws {
      let path = Self.project.path + "/" + name
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let sandbox = try Sandbox()
      for variable in ["JOBMON_DATABASE", "JOBMON__LOGS__DIRECTORY", "JOBMON__ENGINE__KILL_GRACE"] {
        sandbox.environment[variable] = nil
      }
      sandbox.environment["PATH"] = Sandbox.programs + ":" + sandbox.environment["PATH"]!
      let home = sandbox.path("home")
      var written: [String] = []
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
      while let line = lines.popFirst() {
        written.append(line)
        for word in ["jobmon ", "make ", "sudo ", "$ "] where line.hasPrefix("    " + word) {
          Issue.record("\(name): a command outside of a fenced block: \(line)")
        }
        guard line.hasPrefix("```"), line.count > 3 else { continue }
        let words = line.dropFirst(3).split(separator: " ")
        let block = lines.prefix { $0 != "```" }.map { $0 }
        lines = lines.dropFirst(block.count + 1)
        if words[0] == "console" {
          written += try run(block, sandbox, home, "\(name): \(line)")
        } else {
          if let file = words.first(where: { $0.hasPrefix("file=") })?.dropFirst(5) {
            let target = home + "/" + file
            try FileManager.default.createDirectory(
              atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try (block.joined(separator: "\n") + "\n").write(
              toFile: target, atomically: true, encoding: .utf8)
            chmod(target, file.hasSuffix(".json") ? 0o600 : 0o700)
          } else if words[0] == "sh" {
            #expect(words.contains("by-hand"), "\(name): a block of commands that is not run")
            for command in block where !command.isEmpty && !command.hasPrefix("#") && !command.hasPrefix(" ")
            {
              let first = command.split(separator: " ").first.map(String.init) ?? ""
              #expect(Self.byHand.contains(first), "\(name): `\(command)` could be run by a test")
            }
          }
          written += block
        }
        written.append("```")
      }
      if ProcessInfo.processInfo.environment["JOBMON_WRITE_DOCS"] == "1" {
        try written.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      }
    }

    /// docs/keys.md is the output of Scripts/keys for the schema. The script requires a description and a default of
    /// each key.
    @Test func theKeysPageMatchesTheSchema() throws {
      let sandbox = try Sandbox()
      let path = Self.project.path + "/docs/keys.md"
      let written = try sandbox.start([
        "/bin/sh", "-c", "\(Sandbox.programs)/jobmon schema | '\(Self.project.path)/Scripts/keys'",
      ]).wait(60)
      #expect(written.status == 0, "\(written)")
      if ProcessInfo.processInfo.environment["JOBMON_WRITE_DOCS"] == "1", written.status == 0 {
        try written.stdout.write(toFile: path, atomically: true, encoding: .utf8)
      }
      let page = try String(contentsOfFile: path, encoding: .utf8)
      #expect(
        page == written.stdout,
        "docs/keys.md is not what the schema says: run `jobmon schema | Scripts/keys > docs/keys.md`")
      // The script rejects a schema with a key that it cannot describe.
      let faulty = try sandbox.start([
        "/bin/sh", "-c",
        "\(Sandbox.programs)/jobmon schema | sed 's/Default: the folder of this file/Its own folder/' | '\(Self.project.path)/Scripts/keys'",
      ]).wait(60)
      #expect(faulty.status == 1 && faulty.stdout.isEmpty, "\(faulty)")
      #expect(faulty.stderr == "keys: The file: working_directory has no default\n")
    }

    /// The output of every command with `-n` conforms to docs/output.schema.json, and every definition there is used.
    @Test func outputsMatchTheirSchema() throws {
      let sandbox = try Sandbox()
      let schema = try JSONSchema.named("output")
      var met: Set<String> = []
      func check(_ definition: String, _ arguments: String...) throws {
        let ended = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait(60)
        met.insert(definition)
        do { try schema.check(Data(ended.stdout.utf8), as: definition) } catch {
          Issue.record("\(arguments): \(error)")
        }
      }
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        max_concurrently_running: 4
        default_compute_resources: {any: {memory: 200M}}
        task_templates:
          good: {command_template: "sleep 0.01; echo {n}", node_args: [n]}
          bad: {command_template: "echo no >&2; exit 3"}
          after: {command_template: "true"}
        tasks:
          - {template: good, for_each: {n: [1, 2]}}
          - {template: bad, max_attempts: 2}
          - {template: after, upstream: [{template: bad}]}
        """)
      try check("run", "run", "w.yaml", "-o", "json", "--events", sandbox.path("events"))
      let events = sandbox.read("events").split(separator: "\n")
      #expect(events.count > 10)
      for event in events { try schema.check(Data(event.utf8), as: "event") }
      met.insert("event")
      try check("refused", "run", "nowhere.yaml", "-o", "json")
      try check("rerun --dry-run", "workflow", "rerun", "-w", "1", "--memory", "x2", "-n", "--json")
      try check("rerun", "workflow", "rerun", "-w", "1", "-s", "RUNNING", "--json")
      try check("refused", "workflow_stop", "-w", "1", "-n")
      for command in [
        "workflow_status", "workflow_tasks", "get_filepaths", "errors", "explain", "history", "watch",
      ] {
        try check(command, command, "-w", "1", "-n", "-o", "json")
      }
      for command in ["task_status", "task_dependencies", "logs", "history", "explain"] {
        for task in command == "logs" ? ["1", "3"] : ["1", "3", "4"] {
          try check(command, command, "-t", task, "-n")
        }
      }
      try check("task_template_resources", "task_template_resources", "-w", "1", "-n")
      try check("create_resource_yaml", "create_resource_yaml", "-w", "1", "-n")
      try check("create_resource_yaml --diff", "create_resource_yaml", "-w", "1", "--diff", "-n")
      try check("config", "config", "-n")
      try check("clusters", "clusters", "-n")
      try check("concurrency_limit", "concurrency_limit", "-w", "1", "-m", "3", "-n")
      try check(
        "concurrency_limit", "concurrency_limit", "-w", "1", "-m", "3", "--task_template", "good", "-n")
      try check("update_task_status", "update_task_status", "-w", "1", "-t", "3", "-s", "D", "-f", "-n")
      try check("update_task_status", "workflow_reset", "-w", "1", "-f", "-n")
      try check("init", "init", sandbox.path("i.yaml"), "-n")
      try check("init", "report", "-w", "1", "-f", sandbox.path("r.html"), "-n")
      try check("init", "db_backup", sandbox.path("copy.db"), "-n")
      try check("db_restore", "db_restore", sandbox.path("copy.db"), "-n")
      try check("export", "export", "-w", "1", "-f", sandbox.path("e.json"), "-n")
      try check("bind", "import", sandbox.path("e.json"), "-n")
      try check("bind", "bind", "w.yaml", "-n")
      try check("update_config", "update_config", "ui.color", "never", "-n")
      for command in ["db_path", "db_check", "db_upgrade", "version"] { try check(command, command, "-n") }
      try check("run --dry-run", "run", "w.yaml", "-n", "--json")
      try check("run --dry-run", "run", "w.yaml", "-n", "--json", "--workflow-args", "new")
      try check("run --dry-run", "workflow", "resume", "-w", "1", "-n", "--json")
      try check("db_prune --dry-run", "db_prune", "-w", "1", "--dry-run", "-n")
      try check("db_prune", "db_prune", "-w", "1", "-f", "-n")
      try sandbox.write(
        "live.yaml",
        """
        {tool: t, name: live, workflow_args: live, tasks: [{template: a}],
         task_templates: {a: {command_template: "until test -e gate; do sleep 0.01; done"}}}
        """)
      let live = try sandbox.jobmon("run", "live.yaml", "--quiet")
      try eventually("it runs: \(live.stderr)") {
        try live.hasEnded || sandbox.rows("workflow_status", "--name", "live").first?["running"] as? Int == 1
      }
      try check("run --if-not-running", "run", "live.yaml", "--if-not-running", "-o", "json")
      try sandbox.open(gate: "gate")
      try live.wait()
      #expect(schema.definitions.filter { !met.contains($0) } == [])
    }

    /// Runs the commands of a block. Returns the block with their output.
    private func run(_ block: [String], _ sandbox: Sandbox, _ home: String, _ context: String) throws
      -> [String]
    {
      var written: [String] = []
      var rest = block[...]
      while let line = rest.popFirst() {
        guard line.hasPrefix("$ ") else {
          Issue.record("\(context): output without a command: \(line)")
          continue
        }
        var command = String(line.dropFirst(2))
        written.append(line)
        while command.hasSuffix("\\"), let more = rest.popFirst() {
          command += "\n" + more
          written.append(more)
        }
        let expected = rest.prefix { !$0.hasPrefix("$ ") }.map { $0 }
        rest = rest.dropFirst(expected.count)
        let finished = try sandbox.start(["/bin/sh", "-c", "{ " + command + "\n} 2>&1"], folder: home).wait(
          120)
        let shown = readable(finished.stdout, home)
        if expected == ["…"] {
          written += expected
          continue
        }
        #expect(
          matches(shown[...], expected[...]),
          "\(context)\n$ \(command)\nprinted\n\(shown.joined(separator: "\n"))\nthe page has\n\(expected.joined(separator: "\n"))"
        )
        written += expected.contains("…") ? expected : shown
      }
      return written
    }

    /// Replaces the home, host and user of this machine by those of the docs.
    private func readable(_ text: String, _ home: String) -> [String] {
      var host = [CChar](repeating: 0, count: 256)
      gethostname(&host, host.count - 1)
      let name = String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let user = String(cString: getpwuid(getuid()).pointee.pw_name)
      let own = text.replacing(home, with: "/home/me").replacing(Sandbox.programs, with: "/usr/local/bin")
      var lines = own.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.split(separator: " ", omittingEmptySubsequences: false).map { word in
          let stem = word.hasSuffix(",") ? word.dropLast() : word
          let end = word.dropFirst(stem.count)
          return stem == name ? "node1" + end : stem == user ? "me" + end : String(word)
        }.joined(separator: " ")
      }
      while lines.last == "" { lines.removeLast() }
      return lines.map { line in
        var line = line
        while line.last == " " { line.removeLast() }
        return line
      }
    }

    private func matches(_ shown: ArraySlice<String>, _ expected: ArraySlice<String>) -> Bool {
      guard let first = expected.first else { return shown.isEmpty }
      if first == "…" {
        return (0...shown.count).contains { matches(shown.dropFirst($0), expected.dropFirst()) }
      }
      guard let line = shown.first, Self.normalized(line) == Self.normalized(first) else { return false }
      return matches(shown.dropFirst(), expected.dropFirst())
    }

    /// A line without the parts that differ from run to run: times, sizes, ids, and the widths of columns.
    private static func normalized(_ line: String) -> String {
      var text = line.replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "TIME")
      text = text.replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/, with: "UUID")
      text = text.replacing(/\d+(\.\d+)? (ms|s|min|h|d)\b( \d+ (s|min|h)\b)?/, with: "SPAN")
      // The memory of a task of a few milliseconds may or may not be measured.
      text = text.replacing(/(, memory)? \d+(\.\d+)? [KMG]iB\b/) { $0.output.1 == nil ? " -" : "" }
      text = text.replacing(/\b\d+(\.\d+)?[KMG]B?\b/, with: "SIZE")
      text = text.replacing(/"?-?\d+\.\d+(e-?\d+)?"?/, with: "FIGURE")
      text = text.replacing(/\/\d+-[0-9a-f]{6}\//, with: "/ID/")
      text = text.replacing(/"([a-z0-9]+_)?memory":\d+/, with: "MEMORY")
      text = text.replacing(/\.[eo]\d+\b/, with: ".ID")
      text = text.replacing(/\b\d{4,}\b/, with: "NUMBER")
      return text.replacing(/[ ]+/, with: " ")
    }
  }
}
