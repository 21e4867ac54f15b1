import Foundation
import TestSupport
import Testing

extension Acceptance {
  /// `--dry-run`: what would run, what would be refused and why. Nothing is written.
  struct PlanTests {
    private static let head = "tool: t\nname: night\nworkflow_args: x\n"

    /// Three counts and a sum; a count fails if its file does not exist.
    private static func workflow(
      counts: String = "1, 2, 3", level: Int = 1, sum: String = "cat out.* > sum", more: String = ""
    ) -> String {
      head + more + """
        task_templates:
          count:
            command_template: "echo {n} {level} > out.{n}; test -e ok.{n}"
            node_args: [n]
            op_args: [level]
            max_concurrently_running: 7
          sum: {command_template: "\(sum)"}
        tasks:
          - {template: count, for_each: {n: [\(counts)]}, args: {level: \(level)}, max_attempts: 1}
          - {template: sum, upstream: [{template: count}]}

        """
    }

    private func json(_ sandbox: Sandbox, _ arguments: String...) throws
      -> (status: Int32, plan: [String: Any])
    {
      let ended = try sandbox.start(
        ["\(Sandbox.programs)/jobmon"] + arguments + ["-n", "--json"]
      ).wait()
      try JSONSchema.named("output").check(Data(ended.stdout.utf8), as: "run --dry-run")
      return (ended.status, try ended.object())
    }

    private func refusal(_ plan: [String: Any]) -> [String: String]? { plan["refusal"] as? [String: String] }

    /// Everything in the sandbox except the output of its programs: names, and the sizes, times and contents of files.
    /// The last reader of a database removes its empty log, as SQLite does, so the log and the times of folders are
    /// omitted.
    private func listing(_ sandbox: Sandbox) throws -> String {
      try sandbox.shell(
        """
        all() { find . -path ./out -prune -o ! -name '*.db-wal' ! -name '*.db-shm' "$@"; }
        all -print | sort
        all -type f -printf '%p %s %m %T@\\n' | sort
        all -type f -exec cksum {} + | sort
        """)
    }

    // MARK: A plan

    @Test func showsWhatWouldRunAndWhatIsDone() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow(more: "max_concurrently_running: 40\n"))
      let fresh = try sandbox.run("run", "w.yaml", "-n")
      #expect(fresh.status == 0 && fresh.stderr.isEmpty, "\(fresh)")
      for words in [
        "night: 4 tasks, 0 done, 4 to run; critical path: 2 tasks", "folder: \(sandbox.root)\n",
        "limit: 40 tasks at a time",
        "count: count_n-1; at most 7 at a time\n    echo 1 1 > out.1; test -e ok.1\n",
        "sum: sum\n    cat out.* > sum\n", "nothing was run (--dry-run)",
      ] { #expect(fresh.stdout.contains(words), "\(words) in \(fresh)") }
      for name in ["ok.1", "ok.3"] { try sandbox.write(name, "") }
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 1)
      let (status, plan) = try json(sandbox, "run", "w.yaml", "--resume")
      #expect(status == 0 && plan["refusal"] is NSNull && plan["workflow_id"] as? Int == 1)
      #expect(plan["tasks_previously_done"] as? Int == 2 && plan["tasks_to_run"] as? Int == 2)
      #expect(plan["max_concurrently_running"] as? Int == 40 && plan["changes"] is NSNull)
      let arrays = try #require(plan["arrays"] as? [[String: Any]])
      #expect(arrays.map { $0["done"] as? Int } == [2, 0] && arrays.map { $0["to_run"] as? Int } == [1, 1])
      // The command of the first task that would run.
      #expect(arrays[0]["task_name"] as? String == "count_n-2")
      #expect(arrays[0]["command"] as? String == "echo 2 1 > out.2; test -e ok.2")
      let told = try sandbox.run("run", "w.yaml", "-n", "--resume")
      #expect(told.stdout.contains("night: 4 tasks, 2 done, 2 to run"), "\(told)")
      #expect(told.stdout.contains("count: count_n-2; at most 7 at a time"), "\(told)")
    }

    @Test func fitsATerminal() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow())
      #expect(try sandbox.run("run", "w.yaml").status == 1)
      try sandbox.write("w.yaml", Self.workflow(counts: "1, 2, 4", level: 3, sum: "cat out.*"))
      let shown = try sandbox.start([
        "script", "-qec", "stty cols 80; \(Sandbox.programs)/jobmon run w.yaml -n 2> refused", "/dev/null",
      ]).wait().stdout
      #expect(
        shown.contains("TO_RUN") && shown.contains("not shown: LIMIT, PRIORITY (--json shows all)"),
        "\(shown)")
      for line in shown.split(whereSeparator: \.isNewline) where !line.contains(sandbox.root) {
        #expect(line.count <= 80, "\(line)")
      }
    }

    // MARK: Refusals

    /// Refusals by the file, the options or the clusters: the dry run ends like the run.
    @Test(arguments: RefusalTests.cases.filter { $0.arguments.first == "run" })
    func isRefusedLikeTheRun(_ given: RefusalTests.Case) throws {
      let sandbox = try Sandbox()
      if let file = given.file { try sandbox.write("workflow.yaml", file) }
      let arguments = given.arguments.map { $0 == "FILE" ? sandbox.path("workflow.yaml") : $0 }
      let planned = try sandbox.start(
        ["\(Sandbox.programs)/jobmon"] + arguments + ["-n", "-o", "json"]
      ).wait()
      let run = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments + ["-o", "json"]).wait()
      #expect(planned.status == run.status, "\(planned)")
      let object = try planned.object()
      let error = try #require((refusal(object) ?? object["error"]) as? [String: Any])
      let real = try #require(try run.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == given.code)
      #expect(error["message"] as? String == real["message"] as? String)
    }

    private static let registry = #"""
      {"plugins": {"gone": {"command": ["/nowhere/jobmon-plugin"]}},
       "clusters": {"gone": {"plugin": "gone"},
         "queued": {"plugin": "local", "options": {"queues": [{"name": "short", "max_runtime": "1h"}]}}}}
      """#

    /// Which workflow is stored, how it is run, and why that is refused.
    private static let stored:
      [(name: String, file: String, arguments: [String], code: String, status: Int32)] = [
        ("not done", workflow(), [], "workflow_exists", 3),
        ("changed", workflow(sum: "cat out.1"), ["--resume"], "workflow_differs", 3),
        ("renamed", workflow().replacing("night", with: "day"), ["--resume"], "workflow_elsewhere", 3),
        ("unknown cluster", workflow(), ["--resume", "-c", "nowhere"], "unknown_cluster", 2),
        ("cluster without its plugin", workflow(), ["--resume", "-c", "gone"], "cluster_unavailable", 4),
        (
          "unknown queue", workflow(more: "default_compute_resources: {queue: long}\n"),
          ["--resume", "-c", "queued"], "invalid_usage", 2
        ),
        (
          "too long", workflow(more: "default_compute_resources: {runtime: 2h}\n"),
          ["--resume", "-c", "queued"], "invalid_usage", 2
        ),
        ("no folder", workflow(more: "working_directory: nowhere\n"), ["--resume"], "invalid_usage", 2),
        (
          "events in a missing folder", workflow(), ["--resume", "--events", "nowhere/events"],
          "invalid_usage", 2
        ),
        ("events to a folder", workflow(), ["--resume", "--events", "."], "invalid_usage", 2),
        ("control of a closed descriptor", workflow(), ["--resume", "--control", "77"], "invalid_usage", 2),
        ("left on interrupt", workflow(), ["--resume", "--on-interrupt", "leave"], "invalid_usage", 2),
      ]

    @Test(arguments: stored.map(\.name))
    func ofAStoredWorkflowIsRefusedLikeTheRun(name: String) throws {
      let given = try #require(Self.stored.first { $0.name == name })
      let sandbox = try Sandbox()
      chmod(try sandbox.write("plugins.json", Self.registry), 0o600)
      try sandbox.write("w.yaml", Self.workflow())
      #expect(try sandbox.run("run", "w.yaml").status == 1)
      try sandbox.write("w.yaml", given.file)
      let arguments =
        ["\(Sandbox.programs)/jobmon", "run", "w.yaml", "--plugins", "plugins.json"] + given.arguments
      let before = try listing(sandbox)
      let planned = try sandbox.start(arguments + ["-n", "--json"]).wait()
      let told = try sandbox.start(arguments + ["-n"]).wait()
      #expect(try listing(sandbox) == before)
      let plan = try planned.object()
      try JSONSchema.named("output").check(Data(planned.stdout.utf8), as: "run --dry-run")
      let run = try sandbox.start(arguments + ["--json"]).wait()
      let error = try #require(try run.object()["error"] as? [String: Any])
      #expect(planned.status == given.status && told.status == given.status && run.status == given.status)
      #expect(refusal(plan)?["code"] == given.code && error["code"] as? String == given.code, "\(planned)")
      #expect(refusal(plan)?["message"] == error["message"] as? String, "\(planned)")
      #expect(plan["tasks_total"] as? Int == 4 && (plan["arrays"] as? [Any])?.count == 2)
      // In text output the plan comes first, then the reason and what to do.
      #expect(
        told.stdout.contains("TEMPLATE") && told.stdout.hasSuffix("nothing was run (--dry-run)\n"), "\(told)")
      #expect(told.stderr.contains("jobmon: a run would be refused: "), "\(told)")
    }

    @Test func ofADoneWorkflowHasNothingToRun() throws {
      let sandbox = try Sandbox()
      for name in ["ok.1", "ok.2", "ok.3"] { try sandbox.write(name, "") }
      try sandbox.write("w.yaml", Self.workflow())
      #expect(try sandbox.run("run", "w.yaml").status == 0)
      let (status, plan) = try json(sandbox, "run", "w.yaml")
      #expect(status == 3 && refusal(plan)?["code"] == "workflow_done" && plan["tasks_to_run"] as? Int == 0)
      let resumed = try sandbox.run("run", "w.yaml", "-n", "--resume")
      #expect(resumed.status == 0 && resumed.stdout.contains("nothing to run"), "\(resumed)")
      for command in [["resume"], ["workflow", "resume"], ["workflow_resume"]] {
        let byID = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command + ["-w", "1", "-n"]).wait()
        #expect(byID.status == 0 && byID.stdout.contains("nothing to run"), "\(byID)")
      }
      // With other op_args the results are kept, unless a rerun is requested.
      try sandbox.write("w.yaml", Self.workflow(level: 2))
      let kept = try sandbox.run("run", "w.yaml", "-n", "--resume")
      #expect(kept.status == 0 && kept.stdout.contains("argument   count: level 1 -> 2 (3 tasks)"), "\(kept)")
      #expect(kept.stdout.contains("3 with other op_args: --rerun-changed"), "\(kept)")
      let again = try json(sandbox, "run", "w.yaml", "--rerun-changed")
      #expect(again.status == 0 && again.plan["tasks_to_run"] as? Int == 4)
      let changes = try #require(again.plan["changes"] as? [String: Any])
      #expect(changes["again"] as? Int == 4 && changes["kept"] as? Int == 0)
      let ran = try sandbox.run("run", "w.yaml", "--rerun-changed", "--json")
      #expect(try ran.object()["tasks_previously_done"] as? Int == 0, "\(ran)")
    }

    /// The holder is shown. With --resume that run would be asked to hand over, but the dry run does not ask it.
    @Test func ofARunningWorkflowNamesTheHolder() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        Self.head + """
          task_templates: {wait: {command_template: "touch up; while ! test -e gate; do sleep 0.02; done"}}
          tasks: [{template: wait}]

          """)
      let run = try sandbox.jobmon("run", "w.yaml")
      try eventually("it runs") { sandbox.exists("up") || run.hasEnded }
      let (status, plan) = try json(sandbox, "run", "w.yaml")
      let real = try sandbox.run("run", "w.yaml", "--json")
      let error = try #require(try real.object()["error"] as? [String: Any])
      #expect(status == 3 && real.status == 3 && refusal(plan)?["code"] == "workflow_held")
      #expect(refusal(plan)?["message"] == error["message"] as? String)
      #expect(refusal(plan)?["message"]?.contains("process \(run.pid) on ") == true, "\(plan)")
      for arguments in [["run", "w.yaml", "--resume"], ["workflow", "resume", "-w", "1"]] {
        let told = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments + ["-n"]).wait()
        #expect(told.status == 0 && told.stdout.contains("process \(run.pid) on "), "\(told)")
        #expect(told.stdout.contains("asked to hand the workflow over"), "\(told)")
      }
      let resumed = try json(sandbox, "resume", "-w", "1")
      #expect(resumed.status == 0 && (resumed.plan["held_by"] as? String)?.contains("run 1") == true)
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
    }

    @Test func ofTheSameWorkflowInAnotherFolderIsRefused() throws {
      let sandbox = try Sandbox()
      try sandbox.shell("mkdir one other")
      for folder in ["one", "other"] { try sandbox.write("\(folder)/w.yaml", Self.workflow()) }
      #expect(try sandbox.run("run", "one/w.yaml").status == 1)
      let (status, plan) = try json(sandbox, "run", "other/w.yaml", "--resume")
      #expect(status == 3 && refusal(plan)?["code"] == "workflow_elsewhere")
      for folder in ["one", "other"] {
        #expect(refusal(plan)?["message"]?.contains(sandbox.path(folder)) == true, "\(plan)")
      }
      let here = try json(sandbox, "run", "other/w.yaml", "--resume", "--here")
      #expect(here.status == 0 && here.plan["folder"] as? String == sandbox.path("other"))
    }

    // MARK: Changes

    /// The plan and the message of the run contain the same text.
    @Test func ofAChangedFileShowsTheChanges() throws {
      let sandbox = try Sandbox()
      for name in ["ok.1", "ok.2", "ok.3"] { try sandbox.write(name, "") }
      try sandbox.write("w.yaml", Self.workflow())
      #expect(try sandbox.run("run", "w.yaml").status == 0)
      try sandbox.write(
        "w.yaml", Self.workflow(counts: "2, 3, 4, 5", level: 9, sum: "cat out.* | wc -l > sum"))
      let text = """
          command    of template 'sum'
            before   cat out.* > sum
            after    cat out.* | wc -l > sum
          argument   count: level 1 -> 9 (2 tasks)
          added      2 tasks of count (such as 'count_n-4')
          gone       1 task of count ('count_n-1')
          keep       2 tasks (such as 'count_n-2') with their results
          run again  1 task ('sum'): its command has changed
          run        2 tasks: added

        """
      let planned = try sandbox.run("run", "w.yaml", "-n")
      #expect(planned.status == 3 && planned.stdout.contains(text), "\(planned)")
      #expect(planned.stdout.contains("5 tasks, 2 done, 3 to run"), "\(planned)")
      let refused = try sandbox.run("run", "w.yaml", "--resume")
      #expect(refused.status == 3 && refused.stderr.contains(text), "\(refused)")
      for words in [
        "--accept-changes keeps the 2 of 4 results", "reruns 1 done task", "--keep-done keeps all 3",
        "other workflow_args",
      ] {
        #expect(refused.stderr.contains(words) && planned.stderr.contains(words), "\(refused)\n\(planned)")
      }
      let accepted = try json(sandbox, "run", "w.yaml", "--accept-changes")
      #expect(accepted.status == 0 && accepted.plan["tasks_to_run"] as? Int == 3)
      let changes = try #require(accepted.plan["changes"] as? [String: Any])
      #expect(["kept", "again", "new", "gone"].map { changes[$0] as? Int } == [2, 1, 2, 1])
      let templates = try #require(changes["templates"] as? [[String: String]])
      #expect(
        templates == [
          [
            "template": "sum", "command_before": "cat out.* > sum",
            "command_after": "cat out.* | wc -l > sum",
          ]
        ])
      let kept = try json(sandbox, "run", "w.yaml", "--keep-done")
      #expect(kept.status == 0 && kept.plan["tasks_to_run"] as? Int == 2)
      for name in ["ok.4", "ok.5"] { try sandbox.write(name, "") }
      let ran = try sandbox.run("run", "w.yaml", "--accept-changes", "--json")
      #expect(try ran.object()["tasks_previously_done"] as? Int == 2, "\(ran)")
    }

    @Test func ofManyChangesShowsAllAndTheMessageIsCut() throws {
      let sandbox = try Sandbox()
      func workflow(_ word: String) -> String {
        Self.head + "task_templates:\n"
          + (1...20).map { "  t\($0): {command_template: \"echo \(word)\"}\n" }.joined() + "tasks:\n"
          + (1...20).map { "  - {template: t\($0)}\n" }.joined()
      }
      try sandbox.write("w.yaml", workflow("one"))
      #expect(try sandbox.run("run", "w.yaml").status == 0)
      try sandbox.write("w.yaml", workflow("two"))
      let refused = try sandbox.run("run", "w.yaml", "--resume")
      let lines = refused.stderr.split(separator: "\n")
      #expect(refused.status == 3 && lines.count <= 24, "\(refused)")
      #expect(
        refused.stderr.contains("more lines") && refused.stderr.contains("run again  20 tasks"), "\(refused)")
      let planned = try sandbox.run("run", "w.yaml", "-n")
      #expect(planned.stdout.contains("template 't20'"), "\(planned)")
    }

    // MARK: A resume by id

    @Test func ofAResumeByIDUsesTheStoredWorkflow() throws {
      let sandbox = try Sandbox()
      try sandbox.write("ok.2", "")
      try sandbox.write("w.yaml", Self.workflow())
      #expect(try sandbox.run("run", "w.yaml", "-c", "sequential").status == 1)
      let before = try listing(sandbox)
      for command in [["resume"], ["workflow", "resume"], ["workflow_resume"]] {
        let planned = try sandbox.start(
          ["\(Sandbox.programs)/jobmon"] + command + ["-w", "1", "--dry-run", "-o", "json"]
        ).wait()
        try JSONSchema.named("output").check(Data(planned.stdout.utf8), as: "run --dry-run")
        let plan = try planned.object()
        #expect(planned.status == 0 && plan["workflow_id"] as? Int == 1 && plan["refusal"] is NSNull)
        #expect(plan["tasks_previously_done"] as? Int == 1 && plan["tasks_to_run"] as? Int == 3)
        // The cluster of the last run.
        let arrays = try #require(plan["arrays"] as? [[String: Any]])
        #expect(arrays.map { $0["cluster"] as? String } == ["sequential", "sequential"])
        #expect(arrays[0]["command"] as? String == "echo 1 1 > out.1; test -e ok.1")
      }
      let other = try json(sandbox, "resume", "-w", "1", "-c", "local")
      #expect((other.plan["arrays"] as? [[String: Any]])?.first?["cluster"] as? String == "local")
      let unknown = try json(sandbox, "resume", "-w", "1", "-c", "nowhere")
      #expect(unknown.status == 2 && refusal(unknown.plan)?["code"] == "unknown_cluster")
      #expect(try listing(sandbox) == before)
      let none = try sandbox.run("workflow", "resume", "-w", "12", "-n", "--json")
      #expect(none.status == 2, "\(none)")
      #expect((try none.object()["error"] as? [String: Any])?["code"] as? String == "not_found")
    }

    // MARK: Nothing is written

    @Test func writesNothing() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow())
      let empty = try listing(sandbox)
      #expect(try sandbox.run("run", "w.yaml", "-n").status == 0)
      #expect(try sandbox.run("resume", "-w", "1", "-n").status == 2)
      #expect(try listing(sandbox) == empty && !sandbox.exists("jobmon.db"))
      #expect(try sandbox.run("run", "w.yaml").status == 1)
      let before = try listing(sandbox)
      for more in [[], ["--resume"], ["--accept-changes"], ["--rerun-changed"], ["--json"], ["-c", "dummy"]] {
        _ = try sandbox.start(["\(Sandbox.programs)/jobmon", "run", "w.yaml", "-n"] + more).wait()
        #expect(try listing(sandbox) == before, "\(more)")
      }
      #expect(try sandbox.run("resume", "-w", "1", "-n").status == 0)
      #expect(try listing(sandbox) == before)
    }

    /// The database cannot be read before it is upgraded.
    @Test func upgradesNoDatabase() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow())
      let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/version-4/database.sql")
      try sandbox.write("old.sql", try String(contentsOf: fixture, encoding: .utf8))
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      let before = try listing(sandbox)
      let (status, plan) = try json(sandbox, "run", "w.yaml")
      #expect(status == 1 && refusal(plan)?["code"] == "store_unavailable")
      #expect(refusal(plan)?["message"]?.contains("db upgrade") == true, "\(plan)")
      #expect(plan["tasks_total"] as? Int == 4)
      #expect(try listing(sandbox) == before)
    }
  }
}
