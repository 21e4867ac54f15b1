import Foundation
import Testing

extension Acceptance {
  /// What is refused before anything runs: code, exit status, place.
  struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
      var name: String
      var arguments: [String]
      var file: String?
      var code: String
      var status: Int32 = 2
      var line: Int?
      /// Words that the message must contain: the cause, and the remedy.
      var says: [String] = []
      var testDescription: String { name }
    }

    private static let head = "tool: t\nname: n\nworkflow_args: x\n"
    private static let template = "task_templates:\n  go: {command_template: \"true {n}\", node_args: [n]}\n"
    private static let tasks = "tasks:\n  - {template: go, args: {n: 1}}\n"

    static let cases = [
      Case(name: "no such file", arguments: ["run", "nowhere.yaml"], code: "invalid_file"),
      Case(name: "invalid YAML", arguments: ["run", "FILE"], file: head + "tasks: [", code: "invalid_file"),
      Case(
        name: "unknown key", arguments: ["run", "FILE"], file: head + "taks: []\n" + template + tasks,
        code: "invalid_file", line: 4),
      Case(
        name: "no tasks", arguments: ["run", "FILE"], file: head + template + "tasks: []\n",
        code: "invalid_file"),
      Case(
        name: "missing argument", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go}\n",
        code: "invalid_file", line: 7),
      Case(
        name: "duplicate task", arguments: ["run", "FILE"],
        file: head + template + tasks + "  - {template: go, args: {n: 1}}\n", code: "invalid_file"),
      Case(
        name: "unknown upstream", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go, args: {n: 1}, upstream: [{task: other}]}\n",
        code: "invalid_file", line: 7),
      Case(
        name: "cycle", arguments: ["run", "FILE"],
        file: head + template + """
          tasks:
            - {template: go, name: one, args: {n: 1}, upstream: [{task: two}]}
            - {template: go, name: two, args: {n: 2}, upstream: [{task: one}]}

          """, code: "invalid_file"),
      Case(
        name: "bad memory", arguments: ["run", "FILE"],
        file: head + template
          + "tasks:\n  - {template: go, args: {n: 1}, compute_resources: {memory: lots}}\n",
        code: "invalid_file", line: 7),
      Case(
        name: "unknown cluster", arguments: ["run", "FILE", "-c", "locla"], file: head + template + tasks,
        code: "unknown_cluster"),
      Case(
        name: "leave on local", arguments: ["run", "FILE", "--on-interrupt", "leave"],
        file: head + template + tasks,
        code: "invalid_usage"),
      Case(
        name: "unknown flag", arguments: ["run", "FILE", "--fail-fats"], file: head + template + tasks,
        code: "invalid_usage"),
      Case(
        name: "resume without workflow_args", arguments: ["run", "FILE", "--resume"],
        file: "tool: t\nname: n\n" + template + tasks, code: "invalid_usage"),
      Case(name: "no such workflow", arguments: ["workflow_resume", "-w", "12"], code: "not_found"),
      Case(
        name: "unknown argument", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go, args: {m: 1}}\n", code: "invalid_file", line: 7,
        says: ["'m'", "did you mean 'n'"]),
      Case(
        name: "argument in two places", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go, args: {n: 1}, for_each: {n: [1]}}\n",
        code: "invalid_file", line: 7, says: ["'n'", "for_each"]),
      Case(
        name: "same node_args, other task_args", arguments: ["run", "FILE"],
        file: head
          + "task_templates:\n  go: {command_template: \"true {n} {r}\", node_args: [n], task_args: [r]}\n"
          + "tasks:\n  - {template: go, args: {n: 1, r: 1}}\n  - {template: go, args: {n: 1, r: 2}}\n",
        code: "invalid_file", says: ["n=1", "'r'"]),
      Case(
        name: "a template without node_args, twice", arguments: ["run", "FILE"],
        file: head + "task_templates:\n  go: {command_template: \"true {p}\", op_args: [p]}\n"
          + "tasks:\n  - {template: go, args: {p: 1}}\n  - {template: go, args: {p: 2}}\n",
        code: "invalid_file", says: ["node_args", "p"]),
      Case(
        name: "a field without a role", arguments: ["run", "FILE"],
        file: head + "task_templates:\n  go: {command_template: \"true {n} {o}\", node_args: [n]}\n" + tasks,
        code: "invalid_file", line: 5, says: ["o"]),
      Case(
        name: "a role without a field", arguments: ["run", "FILE"],
        file: head + "task_templates:\n  go: {command_template: \"true {n}\", node_args: [n], op_args: [o]}\n"
          + tasks,
        code: "invalid_file", line: 7, says: ["o"]),
      Case(
        name: "names that differ by case only", arguments: ["run", "FILE"],
        file: head + "task_templates:\n  go: {command_template: \"true {n} {N}\", node_args: [n, N]}\n"
          + tasks,
        code: "invalid_file", line: 5, says: ["case"]),
      Case(
        name: "a key twice", arguments: ["run", "FILE"], file: head + "tool: u\n" + template + tasks,
        code: "invalid_file", says: ["tool", "twice"]),
      Case(
        name: "an illegal task name", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go, name: \"a b\", args: {n: 1}}\n",
        code: "invalid_file",
        line: 7, says: ["a b"]),
      Case(
        name: "bad runtime", arguments: ["run", "FILE"],
        file: head + template
          + "tasks:\n  - {template: go, args: {n: 1}, compute_resources: {runtime: soon}}\n",
        code: "invalid_file", line: 7, says: ["'soon'", "runtime", "1h30m"]),
      Case(
        name: "several tasks with the same name", arguments: ["run", "FILE"],
        file: head + template + """
          tasks:
            - {template: go, name: same, for_each: {n: [1, 2]}}
            - {template: go, args: {n: 3}, upstream: [{task: same}]}

          """, code: "invalid_file", line: 8, says: ["'same'", "2 tasks"]),
      Case(
        name: "where that matches nothing", arguments: ["run", "FILE"],
        file: head + template + """
          tasks:
            - {template: go, for_each: {n: [1, 2]}}
            - {template: go, args: {n: 3}, upstream: [{template: go, where: {n: 9}}]}

          """, code: "invalid_file", line: 8, says: ["optional: true"]),
      Case(
        name: "a task that waits for itself", arguments: ["run", "FILE"],
        file: head + template + "tasks:\n  - {template: go, args: {n: 1}, upstream: [{template: go}]}\n",
        code: "invalid_file", says: ["go_n-1"]),
      Case(
        name: "more memory than the machine has", arguments: ["run", "FILE"],
        file: head + template
          + "tasks:\n  - {template: go, args: {n: 1}, compute_resources: {memory: 900T}}\n",
        code: "invalid_usage", says: ["go_n-1", "oversubscribe"]),
      Case(
        name: "a key that the cluster does not know", arguments: ["run", "FILE"],
        file: head + template
          + "tasks:\n  - {template: go, args: {n: 1}, compute_resources: {local: {memroy_limit: 1}}}\n",
        code: "invalid_file", says: ["memroy_limit", "local"]),
      Case(
        name: "resources beside a cluster", arguments: ["run", "FILE"],
        file: head + template
          + "tasks:\n  - {template: go, args: {n: 1}, compute_resources: {memory: 1G, local: {cores: 1}}}\n",
        code: "invalid_file", line: 7, says: ["local", "any"]),
      Case(
        name: "--set of an unknown parameter", arguments: ["run", "FILE", "--set", "releas=1"],
        file: head + "params: {release: 2}\n" + template + tasks, code: "invalid_usage",
        says: ["releas", "did you mean 'release'"]),
      Case(
        name: "--set without a value", arguments: ["run", "FILE", "--set", "release"],
        file: head + template + tasks, code: "invalid_usage", says: ["name=value"]),
      Case(
        name: "a missing included file", arguments: ["run", "FILE"],
        file: head + "include: [nowhere.yaml]\n" + template + tasks, code: "invalid_file", line: 4,
        says: ["nowhere.yaml"]),
      Case(
        name: "a missing file of lines", arguments: ["run", "FILE"],
        file: head + template + "tasks: {lines: nowhere.jsonl}\n", code: "invalid_file", line: 6,
        says: ["nowhere.jsonl"]),
      Case(
        name: "an empty file", arguments: ["run", "FILE"], file: "", code: "invalid_file", says: ["empty"]),
      Case(
        name: "a negative limit", arguments: ["run", "FILE", "--max-concurrently-running", "-1"],
        file: head + template + tasks, code: "invalid_usage"),
      Case(
        name: "no database", arguments: ["workflow_status"], code: "not_found", says: ["jobmon run"]),
    ]

    @Test(arguments: cases)
    func isRefused(_ given: Case) throws {
      let sandbox = try Sandbox()
      if let file = given.file { try sandbox.write("workflow.yaml", file) }
      let arguments = given.arguments.map { $0 == "FILE" ? sandbox.path("workflow.yaml") : $0 }
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments + ["-o", "json"]).wait()
      #expect(refused.status == given.status, "\(refused)")
      let object = try refused.object()
      #expect(object["status"] as? String == "REFUSED")
      let error = try #require(object["error"] as? [String: Any])
      #expect(Set(error.keys) == ["code", "message", "file", "line", "column", "workflow_id"])
      #expect(error["code"] as? String == given.code, "\(refused)")
      let message = error["message"] as? String ?? ""
      #expect(message.count > 10)
      for words in given.says { #expect(message.contains(words), "\(message)") }
      if let line = given.line {
        #expect(error["line"] as? Int == line, "\(refused)")
        #expect(error["column"] as? Int != nil)
        #expect(error["file"] as? String == sandbox.path("workflow.yaml"))
      }
      // The same as text: a message on stderr, nothing on stdout.
      let told = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait()
      #expect(told.status == given.status)
      #expect(told.stdout.isEmpty && !told.stderr.isEmpty, "\(told)")
    }

    @Test func otherTasksWithTheSameWorkflowArgsAreRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.head + Self.template + Self.tasks)
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.write(
        "workflow.yaml", Self.head + Self.template + Self.tasks + "  - {template: go, args: {n: 2}}\n")
      let refused = try sandbox.run("run", file, "--resume", "-o", "json")
      #expect(refused.status == 3, "\(refused)")
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "workflow_differs")
      #expect((error["message"] as? String ?? "").contains("added"), "what differs: \(refused)")
    }

    private static let registry = #"""
      {"plugins": {"gone": {"command": ["/nowhere/jobmon-plugin"]}},
       "clusters": {"gone": {"plugin": "gone"},
         "queued": {"plugin": "local", "options": {"queues": [
           {"name": "short", "default": true, "max_runtime": "1h"}, {"name": "long", "max_runtime": "2h"}]}}}}
      """#

    @Test(arguments: [
      ("queue: shrot", "", "invalid_usage", 2, ["'shrot'", "short"]),
      ("runtime: 3h", "fallback_queues: [long], ", "invalid_usage", 2, ["go_n-1", "long"]),
      ("cores: 1", "cluster_name: gone, ", "cluster_unavailable", 4, ["gone", "/nowhere/jobmon-plugin"]),
    ])
    func requestsThatNoQueueOrClusterAllowsAreRefused(
      resources: String, more: String, code: String, status: Int32, says: [String]
    ) throws {
      let sandbox = try Sandbox()
      let registry = try sandbox.write("plugins.json", Self.registry)
      chmod(registry, 0o600)
      let file = try sandbox.write(
        "workflow.yaml",
        Self.head + "default_cluster_name: queued\n" + Self.template
          + "tasks:\n  - {template: go, args: {n: 1}, \(more)compute_resources: {\(resources)}}\n")
      let refused = try sandbox.run("run", file, "--plugins", registry, "-o", "json")
      #expect(refused.status == status, "\(refused)")
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == code)
      for words in says { #expect((error["message"] as? String ?? "").contains(words), "\(refused)") }
    }

    @Test func aWorkflowThatIsDoneOrStartedIsNotRunAgain() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.head + Self.template + Self.tasks)
      #expect(try sandbox.run("run", file).status == 0)
      let done = try sandbox.run("run", file, "-o", "json")
      #expect(done.status == 3)
      let error = try #require(try done.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "workflow_done" && error["workflow_id"] as? Int == 1)
      #expect((error["message"] as? String)?.contains("--resume") == true)

      let failing =
        Self.head.replacing("workflow_args: x", with: "workflow_args: y")
        + Self.template.replacing("true", with: "false") + Self.tasks
      let other = try sandbox.write("other.yaml", failing)
      #expect(try sandbox.run("run", other, "--max-attempts", "1").status == 1)
      let exists = try sandbox.run("run", other, "-o", "json")
      #expect(exists.status == 3)
      let second = try #require(try exists.object()["error"] as? [String: Any])
      #expect(second["code"] as? String == "workflow_exists" && second["workflow_id"] as? Int == 2)
      #expect((second["message"] as? String)?.contains("--resume") == true)
    }

    @Test func aHeldWorkflowIsRefusedWithItsHolder() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        Self.head
          + "task_templates: {wait: {command_template: \"touch up; while ! test -e gate; do sleep 0.05; done\"}}\n"
          + "tasks: [{template: wait}]\n")
      let run = try sandbox.jobmon("run", file)
      try eventually("it runs") { sandbox.exists("up") }
      let refused = try sandbox.run("run", file, "-o", "json")
      #expect(refused.status == 3)
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "workflow_held")
      #expect((error["message"] as? String)?.contains("process \(run.pid)") == true, "\(refused)")
      let bound = try sandbox.run("bind", file)
      #expect(bound.status == 3 && bound.stderr.contains("process \(run.pid)"), "\(bound)")
      try sandbox.open(gate: "gate")
      #expect(try run.wait().status == 0)
    }

    @Test func anInvalidDatabaseIsUnavailable() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.head + Self.template + Self.tasks)
      try sandbox.write("jobmon.db", String(repeating: "no database at all ", count: 100))
      let refused = try sandbox.run("run", file, "-o", "json")
      #expect(refused.status == 1)
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "store_unavailable")
      #expect((error["message"] as? String)?.contains("jobmon.db") == true)
    }

    @Test(arguments: [
      ["workflow_status", "-w", "99"], ["workflow_tasks", "-w", "99"], ["task_status", "-t", "99"],
    ])
    func anUnknownIDIsNamed(arguments: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.head + Self.template + Self.tasks)
      #expect(try sandbox.run("run", file).status == 0)
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait()
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.stderr.contains("99"))
    }
  }
}
