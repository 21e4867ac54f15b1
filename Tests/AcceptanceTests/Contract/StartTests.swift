import Foundation
import Testing

extension Acceptance {
  /// Commands that can never start: refused before anything runs if that is visible, otherwise FATAL at once.
  struct StartTests {
    private static func workflow(_ more: String = "", template: String = "go", entry: String = "") -> String {
      """
      tool: t
      name: n
      workflow_args: x
      \(more)
      task_templates: {"\(template)": {command_template: "echo ran"}}
      tasks: [{template: "\(template)"\(entry)}]
      """
    }

    /// Runs jobmon as a user who owns only the sandbox.
    private func asUser(_ sandbox: Sandbox, _ arguments: String...) throws -> Child.Finished {
      try sandbox.startAsUser(["\(Sandbox.programs)/jobmon"] + arguments).wait()
    }

    /// A sandbox that belongs to that user, except the folder `locked`.
    private func userSandbox() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.giveToUser()
      try sandbox.shell("mkdir -m 700 locked")
      return sandbox
    }

    private func isRefused(
      _ sandbox: Sandbox, _ ended: Child.Finished, _ words: [String],
      _ place: SourceLocation = #_sourceLocation
    ) throws {
      #expect(ended.status == 2, "\(ended)", sourceLocation: place)
      for word in words { #expect(ended.stderr.contains(word), "\(ended)", sourceLocation: place) }
      #expect(try sandbox.query("SELECT count(*) FROM workflow") == "0\n", sourceLocation: place)
      #expect(!sandbox.exists("logs"), sourceLocation: place)
    }

    @Test(arguments: [
      ("/nonexistent", "No such file or directory"), ("/etc/passwd", "Not a directory"),
      ("/nonexistent/" + String(repeating: "x", count: 300), "No such file or directory"),
    ])
    func anInvalidWorkingDirectoryIsRefused(path: String, reason: String) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.workflow("working_directory: \(path)"))
      try isRefused(
        sandbox, try sandbox.run("run", file), ["working directory \(path)", reason, "create it"])
      let json = try sandbox.run("run", file, "-o", "json")
      let error = try json.object()["error"] as? [String: Any]
      #expect(json.status == 2 && error?["code"] as? String == "invalid_usage", "\(json)")
      #expect(try sandbox.run("run", file, "--dry-run").status == 2)
      // If no command is run, no folder is needed.
      #expect(try sandbox.run("run", file, "-c", "dummy").status == 0)
    }

    @Test func aWorkingDirectoryWithoutPermissionIsRefused() throws {
      let sandbox = try userSandbox()
      let file = try sandbox.write("workflow.yaml", Self.workflow("working_directory: locked"))
      try isRefused(
        sandbox, try asUser(sandbox, "run", file), [sandbox.path("locked"), "Permission denied"])
      // The folder itself is valid: root may enter it.
      #expect(try sandbox.run("run", file, "--as-root").status == 0)
    }

    @Test func unwritableLogFoldersAreRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("workflow.yaml", Self.workflow())
      try isRefused(
        sandbox, try sandbox.run("run", file, "--logs", "/dev/null/a/logs"),
        ["/dev/null/a/logs", "Not a directory", "--logs"])
      let other = try userSandbox()
      let own = try other.write("workflow.yaml", Self.workflow())
      try isRefused(
        other, try asUser(other, "run", own, "--logs", other.path("locked/a/logs")),
        [other.path("locked/a/logs"), "Permission denied", "--logs"])
      try isRefused(
        other, try asUser(other, "run", own, "--logs", other.path("locked")),
        ["Permission denied", "--logs"])
      #expect(try asUser(other, "run", own, "--logs", other.path("new/logs")).status == 0)
    }

    /// FATAL at the first attempt, with the reason and without paths of files that do not exist.
    private func isFatalAtOnce(
      _ sandbox: Sandbox, _ ended: Child.Finished, _ words: String...
    ) throws {
      #expect(ended.status == 1, "\(ended)")
      let object = try ended.object()
      #expect(object["retries"] as? Int == 0, "\(object)")
      let failed = try #require((object["failed_tasks"] as? [[String: Any]])?.last)
      #expect(failed["attempts"] as? Int == 1 && failed["cause"] as? String == "launchFailure", "\(failed)")
      let reason = failed["reason"] as? String ?? ""
      for word in words + ["another attempt would fail in the same way"] {
        #expect(reason.contains(word), "\(reason)")
      }
      let task = try #require(failed["task_id"] as? Int)
      let row = try #require(try sandbox.rows("task_status", "-t", "\(task)").first)
      let files = try #require(
        try sandbox.rows("get_filepaths", "-w", "1", "-l", "0").last { $0["task_id"] as? Int == task })
      for shown in [failed, row, files] {
        let paths = ["stdout", "stderr", "output_path", "error_path"].compactMap { shown[$0] as? String }
        #expect(paths.isEmpty, "\(shown)")
      }
      let lines = ended.stderr.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(!lines.contains { $0.hasPrefix("/") }, "\(ended)")
      let errors = try sandbox.run("errors", "-w", "1")
      #expect(errors.status == 0 && errors.stdout.contains(words[0]), "\(errors)")
    }

    /// A workflow whose commands run in the folder `work` of its sandbox.
    private func inWork(_ rest: String) throws -> (Sandbox, file: String) {
      let sandbox = try Sandbox()
      try sandbox.shell("mkdir work")
      return (
        sandbox,
        try sandbox.write(
          "workflow.yaml", "tool: t\nname: n\nworkflow_args: x\nworking_directory: work\n" + rest)
      )
    }

    @Test func aWorkingDirectoryThatIsRemovedIsFatalAtOnce() throws {
      let (sandbox, file) = try inWork(
        """
        task_templates:
          first: {command_template: "rmdir $PWD"}
          second: {command_template: "echo ran"}
        tasks: [{template: first}, {template: second, upstream: [{template: first}]}]
        """)
      try isFatalAtOnce(
        sandbox, try sandbox.run("run", file, "-o", "json"),
        "cannot enter the working directory",
        "No such file or directory")
    }

    /// If the cluster is known before the tasks are read, not even a run is stored.
    @Test func aResumeByIDWithoutAWorkingDirectoryIsRefused() throws {
      let (sandbox, file) = try inWork(
        """
        default_max_attempts: 1
        task_templates: {go: {command_template: "test -e ready"}}
        tasks: [{template: go}]
        """)
      #expect(try sandbox.run("run", file).status == 1)
      try sandbox.shell("mv work elsewhere")
      let given = try sandbox.run("workflow_resume", "-w", "1", "-c", "local")
      #expect(given.status == 2 && given.stderr.contains(sandbox.path("work")), "\(given)")
      #expect(try sandbox.query("SELECT count(*) FROM run") == "1\n")
      let refused = try sandbox.run("workflow_resume", "-w", "1")
      #expect(refused.status == 2 && refused.stderr.contains(sandbox.path("work")), "\(refused)")
      try sandbox.shell("mv elsewhere work && touch work/ready")
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 0)
    }

    @Test func anUnwritableLogFolderOfATaskIsFatalAtOnce() throws {
      let sandbox = try Sandbox()
      try sandbox.write("file", "")
      let file = try sandbox.write(
        "workflow.yaml", Self.workflow(entry: ", compute_resources: {stdout: file/logs, stderr: file/logs}"))
      try isFatalAtOnce(
        sandbox, try sandbox.run("run", file, "-o", "json"), "cannot write", "Not a directory")
      let other = try userSandbox()
      let own = try other.write(
        "workflow.yaml", Self.workflow(entry: ", compute_resources: {stdout: locked/l, stderr: locked/l}"))
      let ended = try asUser(other, "run", own, "-o", "json")
      try isFatalAtOnce(other, ended, "cannot write", "Permission denied")
    }

    /// A folder that does not exist now may exist later.
    @Test func aTemporaryFaultIsRetried() throws {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON__ENGINE__INFRASTRUCTURE_ATTEMPTS"] = "2"
      let file = try sandbox.write(
        "workflow.yaml", Self.workflow(entry: ", compute_resources: {stdout: /proc/none}"))
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(ended.status == 1)
      #expect(try ended.object()["retries"] as? Int == 1, "\(ended)")
    }

    @Test func longTemplateNamesHaveSeparateLogs() throws {
      let sandbox = try Sandbox()
      let names = ["a", "b"].map { String(repeating: "ü", count: 149) + $0 }
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        task_templates:
          \(names[0]): {command_template: "echo this is a"}
          \(names[1]): {command_template: "echo this is b"}
        tasks: [{template: \(names[0]), name: same}, {template: \(names[1]), name: same}]
        """)
      let ended = try sandbox.run("run", file)
      #expect(ended.status == 0, "\(ended)")
      #expect(try sandbox.run("logs", "-t", "1").stdout == "this is a\n")
      #expect(try sandbox.run("logs", "-t", "2").stdout == "this is b\n")
      let paths = try sandbox.rows("get_filepaths", "-w", "1").compactMap { $0["output_path"] as? String }
      #expect(paths.count == 2 && paths.allSatisfy { FileManager.default.fileExists(atPath: $0) }, "\(paths)")
      #expect(paths[0].contains("/" + String(repeating: "ü", count: 90) + "/0/same.o"), "\(paths)")
    }
  }
}
