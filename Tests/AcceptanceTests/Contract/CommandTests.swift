import Foundation
import Testing

extension Acceptance {
  /// The environment and the output of a command.
  struct CommandTests {
    private func run(_ sandbox: Sandbox, command: String, more: String = "") throws -> Child.Finished {
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        default_compute_resources: {any: {cores: 1, memory: 128M}}
        task_templates:
          go:
            command_template: \(command)
            node_args: [n]
        tasks: [{template: go, name: the_task, args: {n: 42}\(more)}]
        """)
      return try sandbox.run("run", file, "-o", "json")
    }

    @Test func environmentOfACommand() throws {
      let sandbox = try Sandbox()
      let ended = try run(sandbox, command: "\"env > seen; : {n}\"")
      #expect(ended.status == 0, "\(ended)")
      let seen = Dictionary(
        sandbox.read("seen").split(separator: "\n").compactMap { line -> (String, String)? in
          let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }, uniquingKeysWith: { $1 })
      #expect(seen["JOBMON_WORKFLOW_ID"] == "1")
      #expect(seen["JOBMON_WORKFLOW_RUN_ID"] == "1")
      #expect(seen["JOBMON_TASK_ID"].flatMap { Int($0) } != nil)
      #expect(seen["JOBMON_TASK_INSTANCE_ID"].flatMap { Int($0) } != nil)
      #expect(seen["JOBMON_TASK_NAME"] == "the_task")
      #expect(seen["JOBMON_ATTEMPT"] == "1")
      #expect(seen["JOBMON_MAX_ATTEMPTS"] == "3")
      #expect(seen["JOBMON_CLUSTER"] == "local")
      #expect(seen["JOBMON_CORES"] == "1")
      #expect(seen["JOBMON_MEMORY_BYTES"] == "\(128 << 20)")
      #expect(seen["JOBMON_TOKEN"]?.wholeMatch(of: /[0-9a-f]{12}-\d+\.\d+/) != nil)
      #expect(seen["HOME"] == sandbox.path("home"), "the driver's own environment")
      #expect(seen["PWD"] == sandbox.root, "the driver's own folder")
    }

    @Test func outputOfACommand() throws {
      let sandbox = try Sandbox()
      let ended = try run(sandbox, command: "\"echo out {n}; echo err >&2; readlink /proc/self/fd/0\"")
      #expect(ended.status == 0, "\(ended)")
      let rows = try sandbox.rows("task_status", "-t", "1")
      let stdout = try #require(rows.first?["stdout"] as? String)
      let stderr = try #require(rows.first?["stderr"] as? String)
      let place = try Regex(
        "\(NSRegularExpression.escapedPattern(for: sandbox.path("logs")))/1-[0-9a-f]{6}/go/0/the_task\\.[oe][0-9]+"
      )
      #expect(stdout.wholeMatch(of: place) != nil && stderr.wholeMatch(of: place) != nil, "\(stdout)")
      #expect(try String(contentsOfFile: stdout, encoding: .utf8) == "out 42\n/dev/null\n")
      #expect(try String(contentsOfFile: stderr, encoding: .utf8) == "err\n")
      let mode = try FileManager.default.attributesOfItem(atPath: stdout)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      let logs = try sandbox.run("logs", "-t", "1", "--stdout")
      #expect(logs.stdout == "out 42\n/dev/null\n", "\(logs)")
    }

    @Test(
      arguments: [
        ("nosuchprogram {n}", 127, "not found"), ("/etc/passwd {n}", 126, "ermission denied"),
      ] as [(String, Int, String)])
    func resultsMatchTheShell(command: String, code: Int, message: String) throws {
      let sandbox = try Sandbox()
      let ended = try run(sandbox, command: "\"\(command)\"", more: ", max_attempts: 1")
      let failed = try #require((try ended.object()["failed_tasks"] as? [[String: Any]])?.first)
      #expect(failed["exit_code"] as? Int == code, "\(ended)")
      #expect((failed["stderr_tail"] as? String ?? "").contains(message), "\(ended)")
    }

    /// A driver that holds 100,000 tasks does not increase the reported memory of its commands.
    @Test func memoryOfACommandDoesNotIncludeTheDriver() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        task_templates:
          first: {command_template: "true; true"}
          rest: {command_template: "true {n}", node_args: [n]}
        tasks:
          - {template: first}
          - {template: rest, for_each: {n: {range: [1, 100000]}}, upstream: [{template: first}]}
        """)
      let run = try sandbox.jobmon("run", file, "--max-concurrently-running", "1")
      try eventually("the first task is done: \(run.stderr)", within: 120) {
        let rows = run.hasEnded ? nil : try? sandbox.rows("workflow_status")
        return run.hasEnded || (rows?.first?["done"] as? Int ?? 0) > 0
      }
      run.signal(SIGINT)
      try run.wait(60)
      let peaks = try sandbox.query(
        "SELECT COALESCE(MAX(peak), 0), COUNT(*) FROM instance WHERE status = 'DONE'")
      let figures = peaks.split(separator: "|").compactMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
      #expect(figures.count == 2 && figures[1] > 0, "\(peaks)")
      #expect(figures[0] < 10 << 20, "\(peaks)")
    }
  }
}

extension Sandbox {
  /// Queries the database directly, if no command shows a value.
  func query(_ sql: String) throws -> String { try shell("sqlite3 jobmon.db \"\(sql)\"") }

  /// The environment for `run` if ``waitForBeats(_:of:)`` counts its heartbeats.
  static let beating = ["JOBMON__HEARTBEAT__INTERVAL": "0.2"]

  /// Waits until the driver of the last run has sent this many more heartbeats: it is alive, and has seen all earlier
  /// requests.
  func waitForBeats(_ count: Int, of run: Child) throws {
    func beats() throws -> Int {
      Int(try query("SELECT beats FROM run ORDER BY id DESC LIMIT 1").dropLast()) ?? 0
    }
    let before = try beats()
    try eventually("\(count) heartbeats: \(run.stderr)") { try run.hasEnded || beats() >= before + count }
  }
}
