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
      var testDescription: String { name }
    }

    private static let head = "tool: t\nname: n\nworkflow_args: x\n"
    private static let template = "task_templates:\n  go: {command_template: \"true {n}\", node_args: [n]}\n"
    private static let tasks = "tasks:\n  - {template: go, args: {n: 1}}\n"

    static let cases = [
      Case(name: "no such file", arguments: ["run", "nowhere.yaml"], code: "invalid_file"),
      Case(name: "no YAML", arguments: ["run", "FILE"], file: head + "tasks: [", code: "invalid_file"),
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
      #expect((error["message"] as? String ?? "").count > 10)
      if let line = given.line {
        #expect(error["line"] as? Int == line, "\(refused)")
        #expect(error["column"] as? Int != nil)
        #expect(error["file"] as? String == sandbox.path("workflow.yaml"))
      }
      // The same for a person: a sentence on stderr, nothing on stdout.
      let told = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait()
      #expect(told.status == given.status)
      #expect(told.stdout.isEmpty && !told.stderr.isEmpty, "\(told)")
    }

    @Test func otherTasksUnderTheSameWorkflowArgs() throws {
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

    @Test(arguments: [
      ["workflow_status", "-w", "99"], ["workflow_tasks", "-w", "99"], ["task_status", "-t", "99"],
    ])
    func aMissingIDSaysSo(arguments: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.head + Self.template + Self.tasks)
      #expect(try sandbox.run("run", file).status == 0)
      let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments).wait()
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.stderr.contains("99"))
    }
  }
}
