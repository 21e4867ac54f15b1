import Foundation
import Testing

extension Acceptance {
  /// The live display on a terminal created by `script`.
  struct TerminalTests {
    private let workflow = """
      tool: t
      name: night
      workflow_args: x
      default_max_attempts: 1
      task_templates:
        a_template_with_a_rather_long_name: {command_template: "sleep 0.5; echo one {n}", node_args: [n]}
        bad: {command_template: "sleep 0.6; echo the reason >&2; exit 7"}
      tasks:
        - {template: a_template_with_a_rather_long_name, for_each: {n: {range: [1, 4]}}}
        - {template: bad}
      """

    /// What was written to a terminal of this width.
    private func screen(_ width: Int, environment: [String: String] = [:]) throws -> (Int32, String) {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", workflow)
      sandbox.environment["NO_COLOR"] = nil
      let command = "stty cols \(width) rows 30; exec \(Sandbox.programs)/jobmon run \(file)"
      let ended = try sandbox.start(
        ["script", "-qefc", command, "/dev/null"], environment: ["TERM": "xterm"].merging(environment) { $1 }
      ).wait()
      return (ended.status, ended.stdout)
    }

    private static var escape: Regex<Substring> { /\u{1b}\[[0-9;?]*[A-Za-z]/ }

    @Test func rowsOfTemplatesAreFollowedByTheSummary() throws {
      let (status, text) = try screen(120)
      #expect(status == 1)
      #expect(text.contains("\u{1b}["))  // it is drawn in place
      let plain = text.replacing(Self.escape, with: "")
      #expect(plain.contains("a_template_wit…her_long_name "))
      #expect(plain.contains("the reason"))
      #expect(plain.contains("exit code 7"))
      let last = plain.split(whereSeparator: \.isNewline).suffix(8).joined(separator: "\n")
      #expect(last.contains("--resume"), "\(last)")
    }

    @Test func nothingIsWiderThanANarrowTerminal() throws {
      let (_, text) = try screen(40)
      // The live block must fit: a wrapped line would never be erased.
      let lines = text.replacing(Self.escape, with: "").split(whereSeparator: \.isNewline)
      let drawn = lines.filter { $0.contains("] ") || $0.contains("/5 tasks") }
      #expect(drawn.contains { $0.contains("2 running") }, "\(drawn)")
      for line in drawn { #expect(line.count < 40, "\(line)") }
    }

    @Test func manyTemplatesAreShortenedOnALowTerminal() throws {
      let sandbox = try Sandbox()
      let names = (1...40).map { "t\($0)" }
      let templates = names.map { "\($0): {command_template: sleep 0.2}" }.joined(separator: ", ")
      let tasks = names.map { "{template: \($0)}" }.joined(separator: ", ")
      let file = try sandbox.write(
        "w.yaml", "tool: t\nname: n\ntask_templates: {\(templates)}\ntasks: [\(tasks)]\n")
      let command =
        "stty cols 80 rows 12; exec \(Sandbox.programs)/jobmon run \(file) --max-concurrently-running 2"
      let ended = try sandbox.start(
        ["script", "-qefc", command, "/dev/null"], environment: ["TERM": "xterm"]
      ).wait()
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stdout.contains("and 32 more templates"), "\(ended.stdout)")
      #expect(ended.stdout.contains("at the workflow's limit of 2"), "\(ended.stdout)")
      // Nothing is drawn that could not be erased.
      let moves = ended.stdout.matches(of: /\u{1b}\[(\d+)A/).compactMap { Int($0.1) }
      #expect(moves.max().map { $0 < 12 } == true, "\(moves)")
    }

    /// A user at another terminal sees the counts, the failures, and why nothing runs.
    @Test func watchShowsCountsAndWhyNothingChanges() throws {
      let sandbox = try Sandbox()
      let gate = sandbox.path("gate")
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: watched
        workflow_args: x
        default_max_attempts: 1
        task_templates:
          bad: {command_template: "echo the reason >&2; exit 7"}
          wait: {command_template: "while ! test -e \(gate); do sleep 0.05; done; echo {n}", node_args: [n]}
        tasks:
          - {template: wait, for_each: {n: [1]}}
          - {template: bad, upstream: []}
        """)
      let early = try sandbox.run("watch", "-w", "1")
      #expect(early.status == 2, "\(early)")
      let run = try sandbox.jobmon("run", "w.yaml", "--no-progress")
      try eventually("it runs") {
        sandbox.exists("jobmon.db")
          && (try? sandbox.rows("workflow_tasks", "-w", "1", "-s", "FATAL").count) == 1
      }
      let watch = try sandbox.start(
        ["\(Sandbox.programs)/jobmon", "watch", "-w", "1"], environment: ["JOBMON_STANDSTILL": "1"])
      try eventually("it says why nothing changes", within: 20) {
        watch.stderr.contains("no change for")
          && watch.stderr.contains("1 task runs; wait_n-1 (task 1)")
      }
      let now = try sandbox.run("watch", "-w", "1", "-n").object()
      #expect(now["active"] as? Bool == true)
      let templates = try #require(now["templates"] as? [[String: Any]])
      #expect(
        templates.map { $0["running"] as? Int } == [0, 1]
          || templates.map { $0["running"] as? Int } == [1, 0])
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 1)
      let watched = try watch.wait()
      #expect(watched.status == 1, "\(watched)")
      #expect(watched.stdout.contains("1 of 2 done, 1 fatal"), "\(watched)")
      #expect(watched.stdout.contains("jobmon workflow resume -w 1"))
      let after = try sandbox.run("watch", "-w", "1")
      #expect(after.stdout.contains("no run is active"), "\(after)")
    }

    /// A watch names the failed task that keeps others from running, both as it fails and from the start.
    @Test func watchShowsTasksThatCannotStart() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: watched
        workflow_args: x
        default_max_attempts: 1
        task_templates:
          bad: {command_template: "while ! test -e \(sandbox.path("fail")); do sleep 0.05; done; exit 7"}
          wait: {command_template: "while ! test -e \(sandbox.path("gate")); do sleep 0.05; done"}
          after: {command_template: "echo {n}", node_args: [n]}
          merge: {command_template: "echo merged"}
        tasks:
          - {template: bad}
          - {template: wait}
          - {template: after, for_each: {n: [1, 2]}, upstream: [{template: bad}]}
          - {template: merge, upstream: [{template: after}, {template: wait}]}
        """)
      let run = try sandbox.jobmon("run", "w.yaml", "--no-progress")
      try eventually("both run: \(run.stderr)") {
        sandbox.exists("jobmon.db")
          && (try? sandbox.rows("workflow_tasks", "-w", "1", "-s", "RUNNING").count) == 2
      }
      func watch() throws -> Child {
        try sandbox.start(
          ["script", "-qefc", "stty cols 100; exec \(Sandbox.programs)/jobmon watch -w 1", "/dev/null"],
          environment: ["TERM": "xterm"])
      }
      let early = try watch()
      try eventually("it draws: \(early.stdout)") {
        early.stdout.contains("2 running") || early.stdout.contains("0/5")
      }
      #expect(!early.stdout.contains("cannot start"), "\(early.stdout)")
      try sandbox.open(gate: "fail")
      try eventually("it fails") { try sandbox.rows("workflow_tasks", "-w", "1", "-s", "FATAL").count == 1 }
      let late = try watch()
      for watch in [early, late] {
        try eventually("it says what cannot start: \(watch.stdout)") {
          watch.stdout.contains("2 pending, cannot start: bad failed")
            && watch.stdout.contains("1 pending, cannot start: bad failed")
        }
      }
      try sandbox.open(gate: "gate")
      for child in [run, early, late] { #expect(try child.wait().status == 1) }
    }

    @Test func noColorDisablesColours() throws {
      let (_, text) = try screen(100, environment: ["NO_COLOR": "1"])
      #expect(text.firstMatch(of: /\u{1b}\[[0-9;]*m/) == nil)
    }
  }
}
