import Foundation
import Testing

extension Acceptance {
  /// `for_each: {x: {glob: …}}`, and parts of paths.
  struct GlobTests {
    private func sandbox(_ forEach: String, more: String = "") throws -> Sandbox {
      let sandbox = try Sandbox()
      for path in ["data/b.csv", "data/a.tar.gz", "data/.hidden.csv", "data/é.csv", "data/deep/er/c.csv"] {
        try FileManager.default.createDirectory(
          atPath: sandbox.path((path as NSString).deletingLastPathComponent),
          withIntermediateDirectories: true)
        try sandbox.write(path, "1")
      }
      try sandbox.write(
        "w.yaml",
        """
        tool: globs
        name: globs
        workflow_args: one
        task_templates:
          take: {command_template: "cat {file} && echo {out} {file} >> ledger", node_args: [file], op_args: [out]}
          after: {command_template: "echo after {file}", node_args: [file]}
        tasks:
          - {template: take, for_each: {file: \(forEach)}, args: {out: "{file.dir}/{file.stem}.out"}, name: "take_{file.name}"}
        \(more)

        """)
      return sandbox
    }

    private func names(_ sandbox: Sandbox) throws -> [String] {
      try sandbox.rows("workflow", "tasks", "-l", "0").compactMap { $0["task_name"] as? String }
    }

    @Test("files are relative to the workflow file and sorted by their bytes, without hidden ones")
    func files() throws {
      let sandbox = try sandbox("{glob: 'data/*.csv'}")
      try FileManager.default.createDirectory(
        atPath: sandbox.path("elsewhere"), withIntermediateDirectories: true)
      try sandbox.shell("cd elsewhere && \(Sandbox.programs)/jobmon run ../w.yaml --quiet")
      #expect(try names(sandbox) == ["take_b.csv", "take_é.csv"])
      let lines = sandbox.read("ledger").split(separator: "\n").sorted()
      #expect(lines == ["data/b.out data/b.csv", "data/é.out data/é.csv"])
    }

    @Test("** matches any number of folders, and .stem removes only the last extension")
    func folders() throws {
      let sandbox = try sandbox("{glob: '**/[abc].*'}")
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      #expect(try names(sandbox) == ["take_a.tar.gz", "take_b.csv", "take_c.csv"])
      #expect(sandbox.read("ledger").contains("data/a.tar.out data/a.tar.gz"))
      #expect(sandbox.read("ledger").contains("data/deep/er/c.out data/deep/er/c.csv"))
    }

    @Test("a pattern without a match is an error that names it, unless it is optional")
    func none() throws {
      let refused = try sandbox("{glob: 'data/*.nothing'}").run("run", "w.yaml")
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.stderr.contains("w.yaml:8:") && refused.stderr.contains("'data/*.nothing'"))
      #expect(refused.stderr.contains("optional: true"))
      let one = "  - {template: after, args: {file: x}}"
      let optional = try sandbox("{glob: 'data/*.nothing', optional: true}", more: one)
      #expect(try optional.run("run", "w.yaml", "--quiet").status == 0)
      #expect(try names(optional) == ["after_file-x"])
    }

    @Test("upstream tasks are selected by parts of paths")
    func upstreams() throws {
      let more = """
          - {template: after, for_each: {file: [data/b.csv]}, upstream: [{template: take, where: {file: "{file.dir}/{file.name}"}}]}
        """
      let sandbox = try sandbox("{glob: 'data/*.csv'}", more: more)
      #expect(try sandbox.run("run", "w.yaml", "--quiet").status == 0)
      let id = try #require(
        try sandbox.rows("workflow", "tasks", "-l", "0").last?["task_id"] as? Int)
      let upstream = try sandbox.rows("task", "dependencies", "\(id)")
      #expect(upstream.compactMap { $0["task_name"] as? String } == ["take_b.csv"])
    }

    @Test("an unknown part of a path is an error")
    func unknownPart() throws {
      let sandbox = try sandbox("{glob: 'data/*.csv'}", more: "")
      try sandbox.write("w.yaml", sandbox.read("w.yaml").replacing("file.stem", with: "file.ext"))
      let refused = try sandbox.run("run", "w.yaml")
      #expect(refused.status == 2 && refused.stderr.contains("file.ext"), "\(refused)")
    }
  }
}
