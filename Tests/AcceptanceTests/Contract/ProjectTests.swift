import Foundation
import Testing

extension Acceptance {
  /// The folder of a workflow file: its commands run there, and two folders are two projects.
  struct ProjectTests {
    private func folder(_ sandbox: Sandbox, _ name: String) throws -> String {
      try FileManager.default.createDirectory(
        atPath: sandbox.path(name), withIntermediateDirectories: true)
      return sandbox.path(name)
    }

    private let workflow = """
      tool: t
      name: night
      workflow_args: x
      task_templates: {a: {command_template: "pwd >> where"}}
      tasks: [{template: a}]

      """

    private func jobmon(_ sandbox: Sandbox, in folder: String, _ arguments: String...) throws
      -> Child.Finished
    {
      try sandbox.start(["\(Sandbox.programs)/jobmon"] + arguments, folder: folder).wait()
    }

    @Test func commandsRunInTheFoldersOfTheirFiles() throws {
      let sandbox = try Sandbox()
      let project = try folder(sandbox, "project")
      let elsewhere = try folder(sandbox, "elsewhere")
      try sandbox.write("project/w.yaml", workflow)
      let ran = try jobmon(sandbox, in: elsewhere, "run", "../project/w.yaml")
      #expect(ran.status == 0, "\(ran)")
      #expect(sandbox.read("project/where") == project + "\n" && !sandbox.exists("elsewhere/where"))
      #expect(ran.stderr.hasPrefix("workflow 1 (night), run 1: 1 task, in \(project)\n"), "\(ran)")
      // working_directory is relative to the file.
      try sandbox.write(
        "project/v.yaml",
        workflow.replacing("workflow_args: x", with: "workflow_args: y\nworking_directory: ../elsewhere"))
      #expect(try jobmon(sandbox, in: sandbox.root, "run", "project/v.yaml").status == 0)
      #expect(sandbox.read("elsewhere/where") == elsewhere + "\n")
      // A file from a pipe has no folder, so the current folder is used.
      let piped = try sandbox.start(
        ["/bin/sh", "-c", "sed s/args:.x/args:\\ z/ ../project/w.yaml | \(Sandbox.programs)/jobmon run -"],
        folder: elsewhere
      ).wait()
      #expect(
        piped.status == 0 && sandbox.read("elsewhere/where") == elsewhere + "\n" + elsewhere + "\n",
        "\(piped)")
    }

    @Test func theSameFileInAnotherFolderIsAnotherProject() throws {
      let sandbox = try Sandbox()
      let (one, other) = (try folder(sandbox, "one"), try folder(sandbox, "other"))
      for name in ["one", "other"] { try sandbox.write("\(name)/w.yaml", workflow) }
      #expect(try jobmon(sandbox, in: one, "run", "w.yaml").status == 0)
      for options in [[], ["--resume"], ["--accept-changes"], ["--keep-done", "-y"], ["--rerun-changed"]] {
        let refused = try sandbox.start(
          ["\(Sandbox.programs)/jobmon", "run", "w.yaml", "-o", "json"] + options, folder: other
        ).wait()
        #expect(refused.status == 3, "\(options): \(refused)")
        let error = try #require(try refused.object()["error"] as? [String: Any])
        #expect(error["code"] as? String == "workflow_elsewhere", "\(options): \(refused)")
        let message = error["message"] as? String ?? ""
        for words in [one, other, "'night'", "workflow_args", "--here"] {
          #expect(message.contains(words), "\(message)")
        }
      }
      #expect(try jobmon(sandbox, in: other, "bind", "w.yaml").status == 3)
      #expect(!sandbox.exists("other/where") && sandbox.read("one/where") == one + "\n")
      // No workflow is aborted, not even with --here.
      try sandbox.write("other/w.yaml", workflow.replacing("pwd", with: "pwd -P"))
      let forced = try jobmon(sandbox, in: other, "run", "w.yaml", "--here", "--accept-changes")
      #expect(forced.status == 3 && forced.stderr.contains("--here"), "\(forced)")
      #expect(try sandbox.rows("workflow_status").compactMap { $0["wf_status"] as? String } == ["DONE"])
      // The first project continues as before, also through another path.
      try FileManager.default.createSymbolicLink(atPath: sandbox.path("link"), withDestinationPath: one)
      #expect(try jobmon(sandbox, in: sandbox.root, "run", "link/w.yaml", "--resume").status == 0)
    }

    @Test func anotherNameIsAnotherProject() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow)
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.write("w.yaml", workflow.replacing("night", with: "day"))
      let refused = try sandbox.run("run", file, "--resume", "-o", "json")
      #expect(refused.status == 3, "\(refused)")
      let message = (try refused.object()["error"] as? [String: Any])?["message"] as? String ?? ""
      #expect(
        message.contains("'night'") && message.contains("'day'") && message.contains("--here"), "\(message)")
      #expect(try sandbox.run("run", file, "--resume", "--here").status == 0)
    }

    @Test func aMovedProjectIsContinuedWithHere() throws {
      let sandbox = try Sandbox()
      let old = try folder(sandbox, "old")
      try sandbox.write(
        "old/w.yaml", workflow.replacing("pwd >> where", with: "pwd >> where; test -e ready"))
      #expect(try jobmon(sandbox, in: old, "run", "w.yaml", "--max-attempts", "1").status == 1)
      try FileManager.default.moveItem(atPath: old, toPath: sandbox.path("new"))
      try sandbox.write("new/ready", "")
      #expect(try jobmon(sandbox, in: sandbox.path("new"), "run", "w.yaml", "--resume").status == 3)
      let here = try jobmon(sandbox, in: sandbox.path("new"), "run", "w.yaml", "--resume", "--here")
      #expect(here.status == 0, "\(here)")
      #expect(sandbox.read("new/where") == old + "\n" + sandbox.path("new") + "\n")
      #expect(try jobmon(sandbox, in: sandbox.path("new"), "run", "w.yaml", "--resume").status == 0)
    }

    /// A workflow that a program binds runs in the program's folder: a wrong folder affects only one run.
    @Test func aWrongFolderAffectsOnlyOneRun() throws {
      let sandbox = try Sandbox()
      let (wrong, right) = (try folder(sandbox, "wrong"), try folder(sandbox, "right"))
      try sandbox.write("right/input", "7\n")
      try sandbox.write(
        "w.yaml", workflow.replacing("pwd >> where", with: "cat input > output"))
      func run(_ folder: String, _ options: String) throws -> Child.Finished {
        try sandbox.start(
          [
            "/bin/sh", "-c",
            "cat \(sandbox.path("w.yaml")) | \(Sandbox.programs)/jobmon run - --max-attempts 1 \(options)",
          ],
          folder: folder
        ).wait()
      }
      #expect(try run(wrong, "").status == 1)
      let again = try run(right, "--resume")
      #expect(again.status == 0 && sandbox.read("right/output") == "7\n", "\(again)")
    }

    @Test func starterFilesOfTwoFoldersAreTwoWorkflows() throws {
      let sandbox = try Sandbox()
      for name in ["first study", "second: study"] {
        let project = try folder(sandbox, name)
        #expect(try jobmon(sandbox, in: project, "init").status == 0)
        let ran = try jobmon(sandbox, in: project, "run", "workflow.yaml")
        #expect(ran.status == 0, "\(ran)")
        #expect(sandbox.read("\(name)/total") == "15\n")
      }
      let names = try sandbox.rows("workflow_status").compactMap { $0["wf_name"] as? String }
      #expect(names == ["second: study", "first study"])
    }
  }
}
