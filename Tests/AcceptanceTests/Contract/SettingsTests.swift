import Foundation
import Testing

extension Acceptance {
  /// `config` and `update_config`.
  struct SettingsTests {
    private func setting(_ key: String, _ sandbox: Sandbox, _ more: String...) throws -> [String] {
      let listed = try sandbox.start(["\(Sandbox.programs)/jobmon", "config", "-n"] + more).wait()
      let rows = try JSONSerialization.jsonObject(with: Data(listed.stdout.utf8)) as? [[String: String]]
      let row = try #require(rows?.first { $0["key"] == key }, "\(listed)")
      return [row["value"] ?? "", row["origin"] ?? ""]
    }

    private func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func everyValueHasItsOrigin() throws {
      let sandbox = try Sandbox()
      #expect(try setting("heartbeat.interval", sandbox) == ["30", "default"])
      #expect(try setting("engine.kill_grace", sandbox) == ["1s", "$JOBMON__ENGINE__KILL_GRACE"])
      #expect(try setting("database.path", sandbox) == [sandbox.path("jobmon.db"), "$JOBMON_DATABASE"])
      let file = try sandbox.write("own.yaml", "heartbeat: {interval: 5}\n")
      #expect(try setting("heartbeat.interval", sandbox, "--config-file", file) == ["5", file])
      #expect(try sandbox.run("config", "--config-file", sandbox.path("none")).status == 2)
    }

    @Test func aSettingIsWrittenAndTheRestIsKept() throws {
      let sandbox = try Sandbox()
      let file = sandbox.path("home/.jobmon.yaml")
      let first = try sandbox.run("update_config", "heartbeat.interval", "20", "-n")
      #expect(first.status == 0, "\(first)")
      #expect(try first.object()["changed"] as? Int == 1)
      #expect(try mode(file) == 0o600)
      #expect(try setting("heartbeat.interval", sandbox) == ["20", file])
      let again = try sandbox.run("update_config", "heartbeat.interval", "20", "-n")
      #expect(try again.object()["changed"] as? Int == 0)

      let own = try sandbox.write(
        "own.yaml",
        """
        # mine
        heartbeat: {interval: 7}   # often
        ui:
          # none
          color: 'never'  # at all
        """)
      try sandbox.shell("chmod 640 own.yaml")
      for (key, value) in [
        ("heartbeat.interval", "8"), ("ui.color", "auto"), ("ui.progress", "false"),
        ("logs.directory", "/a b"),
      ] {
        let set = try sandbox.run("update_config", key, value, "--config-file", own)
        #expect(set.status == 0, "\(set)")
      }
      #expect(
        sandbox.read("own.yaml") == """
          # mine
          heartbeat: {interval: 8}   # often
          ui:
            # none
            progress: false
            color: auto  # at all
          logs:
            directory: "/a b"

          """)
      #expect(try mode(own) == 0o640)
    }

    @Test func invalidSettingsAreRefused() throws {
      let sandbox = try Sandbox()
      let slip = try sandbox.run("update_config", "heartbeat.intervall", "5")
      #expect(slip.status == 2 && slip.stderr.contains("did you mean 'heartbeat.interval'?"), "\(slip)")
      #expect(try sandbox.run("update_config", "ui.color", "red").status == 2)
      let option = try sandbox.run("update_config", "clusters.local.slot", "3")
      #expect(option.status == 2 && option.stderr.contains("did you mean 'slots'?"), "\(option)")
      let cluster = try sandbox.run("update_config", "clusters.lokal.slots", "3")
      #expect(cluster.status == 2 && cluster.stderr.contains("did you mean 'local'?"), "\(cluster)")
      #expect(try sandbox.run("update_config", "clusters.local.slots", "many").status == 2)
      #expect(try sandbox.run("update_config", "clusters.local", "3").status == 2)
      #expect(!sandbox.exists("home/.jobmon.yaml") && !sandbox.exists("home/.jobmon"))
    }

    @Test func optionsOfClustersAreWritten() throws {
      let sandbox = try Sandbox()
      let file = sandbox.path("home/.jobmon/plugins.json")
      #expect(try sandbox.run("update_config", "clusters.small.plugin", "local").status == 0)
      #expect(try mode(file) == 0o600)
      let set = try sandbox.run("update_config", "clusters.small.slots", "1", "-n")
      #expect(try set.object()["changed"] as? Int == 1)
      let written = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
      #expect(
        written as? NSDictionary == ["clusters": ["small": ["plugin": "local", "options": ["slots": 1]]]]
          as NSDictionary)
      let workflow = try sandbox.write(
        "w.yaml",
        "{tool: t, task_templates: {go: {command_template: 'echo $JOBMON_CLUSTER > used'}}, tasks: [{template: go}]}"
      )
      #expect(try sandbox.run("run", workflow, "-c", "small").status == 0)
      #expect(sandbox.read("used") == "small\n")
    }

    /// A shell offers workflow ids and cluster names, even if no database exists.
    @Test func workflowsAndClustersAreCompleted() throws {
      let sandbox = try Sandbox()
      try sandbox.shell("\(Sandbox.programs)/jobmon --generate-completion-script bash >jobmon.bash")
      func offered(_ line: String) throws -> [String] {
        let words = line.split(separator: " ").map { "'\($0)'" }.joined(separator: " ")
        try sandbox.write(
          "complete.sh",
          """
          PATH=\(Sandbox.programs):$PATH; shopt -s extglob; source jobmon.bash
          COMP_WORDS=(\(words) ''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='\(line) '; COMP_POINT=${#COMP_LINE}
          _jobmon jobmon '' "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\n' "${COMPREPLY[@]}"
          """)
        let ended = try sandbox.start(["/bin/bash", sandbox.path("complete.sh")]).wait()
        #expect(ended.status == 0 && ended.stderr.isEmpty, "\(ended)")
        return ended.stdout.split(separator: "\n").map(String.init).sorted()
      }
      #expect(try offered("jobmon report -w") == [])
      #expect(
        try offered("jobmon run x.yaml -c") == ["dummy", "local", "multiprocess", "sequential", "slurm"])
      #expect(try sandbox.run("init", sandbox.path("w.yaml")).status == 0)
      for key in ["a", "b"] {
        #expect(try sandbox.run("bind", sandbox.path("w.yaml"), "--workflow-args", key).status == 0)
      }
      #expect(try offered("jobmon report -w") == ["1", "2"])
      #expect(try offered("jobmon workflow_tasks -w 1 -s").contains("PENDING"))
    }
  }
}
