import Foundation
import Testing

extension Acceptance {
  /// Files that others can write never decide what runs with this user's permissions.
  struct TrustTests {
    private static let workflow = """
      tool: t
      name: n
      workflow_args: x
      task_templates: {a: {command_template: "id -u > $OUT/ran; [ -e $OUT/pass ]"}}
      tasks: [{template: a}]
      default_max_attempts: 1
      """

    @Test func aDatabaseThatOthersCanWriteIsRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.workflow)
      #expect(try sandbox.run("run", file).status == 1)
      for (name, mode) in [("jobmon.db", "666"), ("jobmon.db", "620"), ("jobmon.db-wal", "622")] {
        try sandbox.shell("touch \(name) && chmod \(mode) \(name) && rm -f out/ran")
        for command in [["workflow_resume", "-w", "1"], ["run", file, "--resume"], ["workflow_status"]] {
          let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
          #expect(
            refused.status == 2 && refused.stderr.contains("\(name) ")
              && refused.stderr.contains("chmod go-w"),
            "\(name): \(refused)")
        }
        #expect(!sandbox.exists("out/ran"))
        try sandbox.shell("chmod 600 \(name)")
      }
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 1)
    }

    @Test func aConfigurationThatOthersCanWriteIsRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.workflow)
      let named = try sandbox.write("mine.yaml", "ui: {progress: false}\n")
      let standard = try sandbox.write("home/.jobmon.yaml", "ui: {progress: false}\n")
      for (path, more) in [(named, ["--config", named]), (standard, [])] {
        chmod(path, 0o664)
        for command in [["run", file], ["config"], ["update_config", "ui.progress", "true"]] {
          let option = command[0] == "run" || more.isEmpty ? "--config" : "--config-file"
          let words = command + (more.isEmpty ? [] : [option, named])
          let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + words).wait()
          #expect(
            refused.status == 2 && refused.stderr.contains(path) && refused.stderr.contains("chmod go-w"),
            "\(words): \(refused)")
        }
        chmod(path, 0o600)
      }
      #expect(!sandbox.exists("out/ran"))
      // A file of another user is refused even if only that user can write it.
      chown(standard, uid_t(Sandbox.user), gid_t(Sandbox.user))
      let refused = try sandbox.run("run", file)
      #expect(refused.status == 2 && refused.stderr.contains("belongs to user"), "\(refused)")
      #expect(try sandbox.run("run", file, "--config", named).status == 1)
    }

    @Test(arguments: [["./plugin"], ["/bin/sh", "FOLDER/plugin"]])
    func aPluginThatOthersCanWriteIsNotStarted(_ command: [String]) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.workflow)
      let plugin = try sandbox.program("plugin", "#!/bin/sh\ntouch \(sandbox.path("started"))\n")
      let words = command.map { $0.replacing("FOLDER", with: sandbox.root) }
      try sandbox.write(
        "plugins.json",
        "{\"plugins\": {\"p\": {\"command\": [\(words.map { "\"\($0)\"" }.joined(separator: ", "))]}}, \"clusters\": {\"p\": {\"plugin\": \"p\"}}}"
      )
      chmod(plugin, 0o775)
      let refused = try sandbox.run("run", file, "-c", "p", "--plugins", "plugins.json")
      #expect(refused.status == 4 && refused.stderr.contains("chmod go-w"), "\(refused)")
      #expect(!sandbox.exists("started"))
      chmod(plugin, 0o755)
      // The registry's own folder, by any path.
      for registry in ["plugins.json", "./plugins.json", sandbox.path("plugins.json")] {
        let started = try sandbox.run("run", file, "-c", "p", "--plugins", registry)
        #expect(started.status == 4 && sandbox.exists("started"), "\(registry): \(started)")
        try sandbox.shell("rm -f started")
      }
    }

    /// If root resumed another user's workflow, that user's commands would run as root.
    @Test func rootRunsNothingOfAnotherUsersDatabase() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", Self.workflow)
      try sandbox.giveToUser()
      let first = try sandbox.jobmonAsUser("run", file).wait()
      #expect(first.status == 1, "\(first)")
      #expect(try sandbox.shell("cat out/ran") == "\(Sandbox.user)\n")
      try sandbox.shell("rm out/ran && touch out/pass")
      for command in [["workflow_resume", "-w", "1"], ["run", file, "--resume"]] {
        let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(refused.status == 3 && refused.stderr.contains("--as-root"), "\(command): \(refused)")
        #expect(!sandbox.exists("out/ran"))
      }
      // Reading is allowed, and leaves the database usable for its owner.
      #expect(try sandbox.rows("workflow_status", "-l", "0", "-u", "nobody").count == 1)
      let resumed = try sandbox.jobmonAsUser("workflow_resume", "-w", "1").wait()
      #expect(resumed.status == 0, "\(resumed)")
      try sandbox.shell("rm out/ran")
      #expect(try sandbox.run("run", file, "--workflow-args", "2", "--as-root").status == 0)
      #expect(try sandbox.shell("cat out/ran") == "0\n")
    }

    @Test func theBackupBeforeAnUpgradeIsCreatedPrivate() throws {
      let sandbox = try Sandbox()
      // A copy of an earlier upgrade also exists.
      let old = 4
      try sandbox.write("old.sql", UpgradeTests.text("version-\(old)/database.sql"))
      try sandbox.shell("umask 077; sqlite3 jobmon.db < old.sql")
      try sandbox.write("jobmon.db.before-upgrade-from-\(old)", "an earlier copy")
      let upgraded = try sandbox.start(
        [
          "/usr/bin/strace", "-f", "-e", "trace=openat,chmod,fchmod", "-o", sandbox.path("trace"), "/bin/sh",
          "-c",
          "umask 000; exec \(Sandbox.programs)/jobmon db_upgrade -n",
        ]
      ).wait()
      let copy = try #require(try upgraded.object()["copy"] as? String)
      #expect(copy != sandbox.path("jobmon.db.before-upgrade-from-\(old)"))
      #expect(sandbox.read("jobmon.db.before-upgrade-from-\(old)") == "an earlier copy")
      let made = sandbox.read("trace").split(separator: "\n").filter {
        $0.contains("\"\(copy)\"") && $0.contains("O_CREAT")
      }
      #expect(made.first?.contains("O_EXCL") == true && made.first?.contains(", 0600)") == true, "\(made)")
      #expect(try sandbox.shell("stat -c %a '\(copy)'") == "600\n")
      #expect(try sandbox.run("db_upgrade", "--database", copy).status == 0)
      #expect(try sandbox.run("db_check", "--database", copy).status == 0)
    }
  }
}
