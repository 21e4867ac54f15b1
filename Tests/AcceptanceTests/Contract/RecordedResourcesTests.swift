import Foundation
import Testing

extension Acceptance {
  /// The recorded resource usage of tasks, and what is derived from it.
  struct RecordedResourcesTests {
    private static let workflow = """
      tool: t
      name: n
      workflow_args: WHICH
      default_compute_resources: {any: {cores: 1, memory: 512M}}
      task_templates:
        work: {command_template: "sleep 0.{n}", node_args: [n]}
        fails: {command_template: "exit 3"}
      tasks:
        - {template: work, for_each: {n: [1, 2, 3]}}
        - {template: fails, max_attempts: 1}
      """

    private func done() throws -> Sandbox {
      let sandbox = try Sandbox()
      for name in ["one", "two"] {
        let file = try sandbox.write("\(name).yaml", Self.workflow.replacing("WHICH", with: name))
        #expect(try sandbox.run("run", file).status == 1)
      }
      return sandbox
    }

    @Test func usageOfTemplates() throws {
      let sandbox = try done()
      let all = try sandbox.rows("task_template_resources", "--template", "work")
      #expect(all.count == 1)
      let row = try #require(all.first)
      #expect(row["count"] as? Int == 6)
      for (key, least) in [
        ("min_runtime", 0.1), ("mean_runtime", 0.2), ("median_runtime", 0.2), ("p95_runtime", 0.3),
        ("max_runtime", 0.3),
      ] {
        let seconds = try #require(row[key] as? Double, "\(key)")
        #expect(seconds >= least && seconds < least + 5, "\(key): \(seconds)")
      }
      let memory = try ["min", "mean", "median", "p95", "max"].map {
        try #require(row["\($0)_memory"] as? Int)
      }
      #expect(memory[0] > 1000 && memory.max() == memory[4] && memory.min() == memory[0], "\(memory)")

      #expect(
        try sandbox.rows("task_template_resources", "-w", "1", "2").map { $0["count"] as? Int } == [6, 0])
      #expect(try sandbox.rows("task_template_resources", "-w", "1").first?["count"] as? Int == 3)
      let version = String(try #require(row["ttv_id"] as? Int))
      let some = try sandbox.rows("task_template_resources", "-t", version, "-a", #"{"n": [1, "2"]}"#)
      #expect(some.first?["count"] as? Int == 4)
      #expect(some.first?["max_runtime"] as? Double ?? 9 < row["max_runtime"] as? Double ?? 0)
      let one = try sandbox.rows("task_template_resources", "-t", version, "-w", "2", "-a", #"{"n": 3}"#)
      #expect(one.first?["count"] as? Int == 1)
      for wrong in [#"{"m": 1}"#, "n=1"] {
        #expect(try sandbox.run("task_template_resources", "-t", version, "-a", wrong).status == 2)
      }
      #expect(try sandbox.run("task_template_resources").status == 2)
    }

    @Test func workflowsCanIncludeTheFile() throws {
      let sandbox = try done()
      let file = sandbox.path("resources.yaml")
      let made = try sandbox.run("create_resource_yaml", "-w", "1", "--value_mem", "max", "-f", file)
      #expect(made.status == 0 && made.stdout.isEmpty, "\(made)")
      #expect(made.stderr.contains("fails"), "templates without a done task are omitted and named")
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let shape =
        /task_template_resources:\n  work:\n    local:\n      cores: 1\n      memory: "([0-9.]+[KMG])"\n      runtime: "1s"\n/
      #expect(text.wholeMatch(of: shape) != nil, "\(text)")
      #expect(try sandbox.run("create_resource_yaml", "-w", "1", "-p").stdout == text)

      let user = try sandbox.write(
        "user.yaml",
        """
        tool: t
        workflow_args: y
        include: [resources.yaml]
        task_templates: {work: {command_template: "echo $JOBMON_MEMORY_BYTES > used; : {n}", node_args: [n]}}
        tasks: [{template: work, args: {n: 1}}]
        """)
      #expect(try sandbox.run("run", user).status == 0)
      let used = try #require(Int(sandbox.read("used").trimmingCharacters(in: .whitespacesAndNewlines)))
      let row = try #require(sandbox.rows("task_template_resources", "-w", "1").first)
      let most = try #require(row["max_memory"] as? Int)
      // Two decimals, rounded up.
      #expect(used >= most && used < most + most / 50 + 11_000, "\(used) of \(most)")
    }

    @Test func resourcesForOtherClustersAndOfOneTask() throws {
      let sandbox = try done()
      let made = try sandbox.run("create_resource_yaml", "-t", "1", "-c", "sequential", "local", "-n")
      let templates = try #require(try made.object()["task_template_resources"] as? [String: [String: Any]])
      #expect(
        Set(templates.keys) == ["work"] && Set(templates["work"]!.keys) == ["sequential", "local"], "\(made)")
      #expect(try sandbox.run("create_resource_yaml", "-w", "1", "-c", "lokal").status == 2)
      #expect(try sandbox.run("create_resource_yaml", "-w", "1", "-t", "1").status == 2)
      #expect(try sandbox.run("create_resource_yaml", "-w", "1", "--value_mem", "mean").status == 2)
      let nothing = try sandbox.run("create_resource_yaml", "-t", "4")
      #expect(nothing.status == 2 && nothing.stderr.contains("no task"), "\(nothing)")
    }

    @Test func marginAndDifferenceOfResources() throws {
      let sandbox = try done()
      let plain = try sandbox.run("create_resource_yaml", "-w", "1", "-n").object()
      let more = try sandbox.run("create_resource_yaml", "-w", "1", "2", "--margin", "0.5", "-n").object()
      func memory(_ object: [String: Any]) -> String? {
        let templates = object["task_template_resources"] as? [String: [String: [String: Any]]]
        return templates?["work"]?["local"]?["memory"].map { "\($0)" }
      }
      #expect(memory(plain) != nil && memory(plain) != memory(more), "\(plain) \(more)")
      let rows = try sandbox.rows("create_resource_yaml", "-w", "1", "2", "--diff")
      let row = try #require(rows.first)
      #expect(
        rows.count == 1 && row["template"] as? String == "work" && row["attempts"] as? Int == 6, "\(rows)")
      #expect(row["asked_memory"] as? Int == 512 << 20)
      let advised = try #require(row["advised_memory"] as? Int)
      let saved = try #require(row["saved_gib_hours"] as? Double)
      // Six attempts of 0.1 to 0.3 s.
      let most = Double((512 << 20) - advised) / Double(1 << 30) * 6 * 2 / 3600
      #expect(saved > 0 && saved < most, "\(saved)")
      for wrong in [["--margin", "-1"], ["--diff", "-f", "x.yaml"]] {
        let refused = try sandbox.start(
          ["\(Sandbox.programs)/jobmon", "create_resource_yaml", "-w", "1"] + wrong
        ).wait()
        #expect(refused.status == 2, "\(refused)")
      }
    }
  }
}
