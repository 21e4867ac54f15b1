import Foundation
import Testing

extension Acceptance {
  /// Clusters that are separate programs, tested from outside.
  @Suite struct PluginTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    static let spoolProgram = root + "/Examples/plugins/spool/jobmon-spool"
    private static let spool = root + "/Examples/plugins/spool/plugins.json"

    private static func rows(_ text: String) throws -> [[String: Any]] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test(arguments: ["local", "dummy"]) func builtInClustersPassTheCheck(name: String) throws {
      let sandbox = try Sandbox()
      let finished = try sandbox.run("cluster_check", name, "-n", seconds: 120)
      #expect(finished.status == 0, "\(finished)")
      let rows = try Self.rows(finished.stdout)
      #expect(rows.count > 20)
      #expect(rows.allSatisfy { ["pass", "not applicable"].contains($0["result"] as? String) })
      #expect(Set(rows[0].keys) == ["case", "result", "rule", "observed"])
      #expect(try Self.files(sandbox, "home/.jobmon/cluster_check").isEmpty)
    }

    /// A package outside this one is built with only the library, and passes the conformance check.
    @Test func theExampleInSwiftIsBuiltAndPassesTheCheck() throws {
      let sandbox = try Sandbox()
      let example = Self.root + "/Examples/plugins/nice"
      // Use the real home, like its author, because the toolchain and its caches are there.
      let build = try sandbox.start(
        ["swift", "build", "--package-path", example], environment: ProcessInfo.processInfo.environment)
      let built = try build.wait(900)
      #expect(built.status == 0, "\(built)")
      let finished = try sandbox.run(
        "cluster_check", "nice", "-n", "--plugins", example + "/plugins.json", seconds: 120)
      #expect(finished.status == 0, "\(finished)")
    }

    private static func files(_ sandbox: Sandbox, _ folder: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: sandbox.path(folder))
    }

    @Test func clustersAreListedWithTheirFaults() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "plugins.json",
        """
        {"plugins": {"gone": {"command": ["no-such-plugin"]}, "dead": {"command": ["/bin/false"]}},
         "clusters": {"gone": {"plugin": "gone"}, "dead": {"plugin": "dead"}, "odd": {"plugin": "nothing"},
                      "queued": {"plugin": "local", "options": {"queues": [{"name": "a.q"}, {"name": "b.q"}]}},
                      "typo": {"plugin": "dummy", "options": {"sed": 1}}}}
        """)
      let finished = try sandbox.run("clusters", "-n", "--plugins", "plugins.json")
      #expect(finished.status == 0)
      let rows = try Self.rows(finished.stdout)
      func health(_ name: String) -> String {
        rows.first { $0["name"] as? String == name }?["health"] as? String ?? "not there"
      }
      #expect(Set(rows[0].keys) == ["name", "plugin", "health", "queues", "source"])
      #expect(health("local") == "ready")
      #expect(health("queued") == "ready")
      #expect(health("gone").hasPrefix("unavailable: plugin 'gone' needs the program no-such-plugin"))
      #expect(health("dead") == "unavailable: plugin dead (/bin/false) exited with 1")
      #expect(
        health("odd").hasPrefix("broken: the cluster registry plugins.json gives cluster 'odd' the plugin"))
      #expect(health("typo").contains("did you mean 'seed'?"))
      #expect(rows.first { $0["name"] as? String == "queued" }?["queues"] as? [String] == ["a.q", "b.q"])
      #expect(rows.first { $0["name"] as? String == "gone" }?["source"] as? String == "plugins.json")
      // None of them affects the others.
      try sandbox.write("w.yaml", Self.workflow(tasks: 1, command: "true"))
      #expect(try sandbox.run("run", "w.yaml", "--plugins", "plugins.json").status == 0)
      let refused = try sandbox.run(
        "run", "w.yaml", "-c", "gone", "--plugins", "plugins.json", "--workflow-args", "2")
      #expect(refused.status == 4)
      #expect(refused.stderr.contains("install it, or correct plugins.gone.command"))
      #expect(try sandbox.run("run", "w.yaml", "-c", "slurm", "--workflow-args", "3").status == 4)
    }

    private static func workflow(tasks: Int, command: String) -> String {
      """
      tool: t
      name: w
      workflow_args: one
      task_templates: {p: {command_template: "\(command)", node_args: [i]}}
      tasks: [{template: p, for_each: {i: {range: [1, \(tasks)]}}, args: {}}]
      """.replacingOccurrences(
        of: ", node_args: [i]", with: command.contains("{i}") ? ", node_args: [i]" : ""
      )
      .replacingOccurrences(
        of: ", for_each: {i: {range: [1, \(tasks)]}}",
        with: command.contains("{i}") ? ", for_each: {i: {range: [1, \(tasks)]}}" : "")
    }

    /// Tasks continue when the driver and the plugin are killed together, and are taken over instead of run again.
    @Test func jobsSurviveTheDriverAndThePlugin() throws {
      let sandbox = try Sandbox()
      let count =
        "echo {i} >> \(sandbox.path("starts")); while [ ! -e \(sandbox.path("gate")) ]; do sleep 0.05; done"
      try sandbox.write("w.yaml", Self.workflow(tasks: 4, command: count))
      let first = try sandbox.jobmon("run", "w.yaml", "-c", "spool", "--plugins", Self.spool)
      try eventually("four tasks run") { sandbox.read("starts").split(separator: "\n").count == 4 }
      let plugins = sandbox.processes().filter { Self.isPlugin($0.pid, of: first.pid) }
      #expect(plugins.count == 1)
      first.signal(SIGKILL)
      for plugin in plugins { kill(plugin.pid, SIGKILL) }
      _ = try first.wait()
      let second = try sandbox.jobmon(
        "run", "w.yaml", "-c", "spool", "--plugins", Self.spool, "--resume", "-o", "json", "--events",
        "events")
      try eventually("the second run holds the workflow") { sandbox.read("events").contains("RUNNING") }
      try sandbox.open(gate: "gate")
      let finished = try second.wait()
      #expect(finished.status == 0, "\(finished)")
      #expect(sandbox.read("starts").split(separator: "\n").sorted() == ["1", "2", "3", "4"])
    }

    /// The same for the plugin alone, which is killed repeatedly while the run continues.
    @Test func aRepeatedlyKilledPluginLosesNothing() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml", Self.workflow(tasks: 60, command: "echo {i} >> \(sandbox.path("starts")); sleep 0.2"))
      let run = try sandbox.jobmon("run", "w.yaml", "-c", "spool", "--plugins", Self.spool, "-o", "json")
      var kills = 0
      while !run.hasEnded, kills < 8 {
        let before = sandbox.read("starts").split(separator: "\n").count
        try eventually("more tasks run") {
          run.hasEnded || sandbox.read("starts").split(separator: "\n").count > before + 3
        }
        for process in sandbox.processes() where Self.isPlugin(process.pid, of: run.pid) {
          kill(process.pid, SIGKILL)
          kills += 1
        }
      }
      let finished = try run.wait()
      #expect(finished.status == 0, "\(finished)")
      #expect(kills >= 3)
      let starts = sandbox.read("starts").split(separator: "\n")
      #expect(starts.count == 60)
      #expect(Set(starts).count == 60)
      #expect(try sandbox.run("db_check").status == 0)
    }

    /// Whether a process is a child of the driver.
    private static func isPlugin(_ process: pid_t, of driver: pid_t) -> Bool {
      let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
      return status.contains("\nPPid:\t\(driver)\n")
    }

    @Test func outputOfAPluginIsInTheLog() throws {
      let sandbox = try Sandbox()
      try sandbox.program(
        "loud",
        "#!/bin/sh\necho 'a word from the plugin' >&2\nexec \(Self.root)/Examples/plugins/spool/jobmon-spool\n"
      )
      try sandbox.write(
        "plugins.json",
        #"{"plugins": {"loud": {"command": ["./loud"]}}, "clusters": {"loud": {"plugin": "loud", "options": {"slots": 2}}}}"#
      )
      try sandbox.write("w.yaml", Self.workflow(tasks: 1, command: "true"))
      let finished = try sandbox.run(
        "run", "w.yaml", "-c", "loud", "--plugins", sandbox.path("plugins.json"), "-v")
      #expect(finished.status == 0, "\(finished)")
      let log = try sandbox.shell("cat \(sandbox.root)/logs/1-*/run.log")
      // The outcomes were acknowledged and are not kept.
      #expect(try Self.files(sandbox, "home/.jobmon/spool/loud").isEmpty)
      #expect(log.contains("loud: info: loud: a word from the plugin"))
      #expect(finished.stderr.contains("loud: a word from the plugin"))
    }
  }
}
