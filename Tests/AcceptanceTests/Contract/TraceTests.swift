import Foundation
import Testing

extension Acceptance {
  /// Import and export of WfCommons instances.
  struct TraceTests {
    private static let virtual = """
      {"clusters": {"sim": {"plugin": "dummy", "options": {"time": "virtual", "nodes": 2, "cores": 4, "memory": "8G"}}}}
      """

    /// Version 1.5: the specification of the tasks is separate from their execution.
    private static let instance = """
      {"name": "small", "schemaVersion": "1.5", "createdAt": "2024-01-01T00:00:00Z", "workflow": {
        "specification": {"tasks": [
          {"name": "split", "id": "split_00000001", "parents": [], "children": ["work_00000002", "work_00000003"]},
          {"name": "work", "id": "work_00000002", "parents": ["split_00000001"], "children": ["join_00000004"]},
          {"name": "work", "id": "work_00000003", "parents": ["split_00000001"], "children": ["join_00000004"]},
          {"name": "join", "id": "join_00000004", "parents": ["work_00000002", "work_00000003"], "children": []}],
          "files": []},
        "execution": {"makespanInSeconds": 100, "executedAt": "2024-01-01T00:00:00Z", "tasks": [
          {"id": "split_00000001", "runtimeInSeconds": 10.5, "command": {"program": "/bin/echo", "arguments": ["a b", "c"]}},
          {"id": "work_00000002", "runtimeInSeconds": 3600, "coreCount": 2, "memoryInBytes": 1073741824},
          {"id": "work_00000003", "runtimeInSeconds": 1800},
          {"id": "join_00000004", "runtimeInSeconds": 1}]}}}
      """

    /// Version 1.4.
    private static let old = """
      {"name": "old", "schemaVersion": "1.4", "workflow": {"makespanInSeconds": 3, "executedAt": "x", "tasks": [
        {"name": "a_ID0000001", "type": "compute", "runtimeInSeconds": 2, "cores": 1},
        {"name": "b_ID0000002", "type": "compute", "runtimeInSeconds": 1, "parents": ["a_ID0000001"]}]}}
      """

    private func world() throws -> Sandbox {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON_PLUGINS"] = try sandbox.write("sim.json", Self.virtual)
      chmod(sandbox.path("sim.json"), 0o600)
      try sandbox.write("i.json", Self.instance)
      try sandbox.write("old.json", Self.old)
      return sandbox
    }

    /// The names of tasks, with those of their upstream tasks.
    private func edges(_ file: String, _ sandbox: Sandbox) throws -> [String: [String]] {
      let object = try JSONSerialization.jsonObject(with: Data(sandbox.read(file).utf8)) as? [String: Any]
      let workflow = object?["workflow"] as? [String: Any]
      let specification = workflow?["specification"] as? [String: Any]
      let tasks = try #require(specification?["tasks"] as? [[String: Any]])
      var children: [String: [String]] = [:]
      var parents: [String: [String]] = [:]
      for task in tasks {
        let id = try #require(task["id"] as? String)
        #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }, "\(id)")
        parents[id] = (task["parents"] as? [String])?.sorted()
        for child in try #require(task["children"] as? [String]) { children[child, default: []].append(id) }
      }
      for (id, own) in parents {
        #expect(children[id, default: []].sorted() == own, "both ends agree on \(id)")
      }
      return parents
    }

    @Test func anImportedInstanceRunsAndIsExported() throws {
      let sandbox = try world()
      #expect(try sandbox.run("import", "i.json").stdout == "1\n")
      let run = try sandbox.run("workflow_resume", "-w", "1", "-c", "sim", "-o", "json").object()
      #expect(run["status"] as? String == "DONE")
      // The recorded runtimes are used: 10.5 s, 3,600 s and 1 s, in virtual time.
      #expect(abs(try #require(run["elapsed_seconds"] as? Double) - 3611.5) < 2, "\(run)")
      #expect(try sandbox.run("export", "-w", "1", "-f", "out.json").status == 0)
      let out = try edges("out.json", sandbox)
      #expect(
        out == [
          "split_00000001": [], "work_00000002": ["split_00000001"], "work_00000003": ["split_00000001"],
          "join_00000004": ["work_00000002", "work_00000003"],
        ])
      let text = sandbox.read("out.json")
      #expect(
        text.contains("\"schemaVersion\" : \"1.5\"") && text.contains("\"runtimeInSeconds\" : 3600"),
        "\(text)")

      // The export is imported as the same graph.
      #expect(try sandbox.run("import", "out.json", "--time-scale", "0.0001").stdout == "2\n")
      #expect(try sandbox.run("workflow_resume", "-w", "2", "-c", "local", "--quiet").status == 0)
      #expect(try sandbox.run("export", "-w", "2", "-f", "again.json", "--schema-version", "1.6").status == 0)
      #expect(try edges("again.json", sandbox).values.map(\.count).sorted() == [0, 1, 1, 2])
    }

    @Test func realCommandsAndOldVersionsAreImported() throws {
      let sandbox = try world()
      #expect(try sandbox.run("import", "i.json", "--commands", "real", "--time-scale", "0").status == 0)
      #expect(try sandbox.run("workflow_resume", "-w", "1", "-c", "local", "--quiet").status == 0)
      #expect(try sandbox.run("logs", "-t", "1", "--stdout").stdout == "a b c\n")
      #expect(try sandbox.run("import", "old.json").status == 0)
      let tasks = try sandbox.rows("workflow_tasks", "-w", "2")
      #expect(tasks.map { $0["task_name"] as? String } == ["a_ID0000001", "b_ID0000002"])
      #expect(try sandbox.rows("task_dependencies", "-t", "6").count == 1)
      #expect(try sandbox.rows("workflow_tasks", "-w", "2", "--template", "b").count == 1)
      let part = try sandbox.run("export", "-w", "2")
      #expect(part.status == 0 && part.stderr.contains("2 tasks are not DONE"), "\(part)")
    }

    @Test func invalidInstancesAreRefused() throws {
      let sandbox = try world()
      for (text, words) in [
        ("{\"name\": \"x\"}", "'workflow' is missing"), ("[1", "it is not valid JSON"),
        ("{\"name\": \"x\", \"workflow\": {}}", "has no tasks"),
        (
          Self.instance.replacing(
            "\"parents\": [\"split_00000001\"]", with: "\"parents\": [\"split_0000001\"]"),
          "did you mean 'split_00000001'?"
        ),
        (
          Self.instance.replacing(
            "\"id\": \"work_00000003\", \"parents\"", with: "\"id\": \"work_00000002\", \"parents\""),
          "occurs twice"
        ),
        (
          Self.instance.replacing(
            "\"id\": \"split_00000001\", \"parents\": []",
            with: "\"id\": \"split_00000001\", \"parents\": [\"join_00000004\"]"), "form a cycle"
        ),
      ] {
        try sandbox.write("bad.json", text)
        let refused = try sandbox.run("import", "bad.json")
        #expect(refused.status == 2 && refused.stderr.contains(words), "\(words): \(refused)")
      }
      #expect(try sandbox.run("import", "nowhere.json").status == 2)
      #expect(try sandbox.run("export", "-w", "1").status == 2)
    }
  }
}
