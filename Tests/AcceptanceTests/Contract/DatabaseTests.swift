import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

extension Acceptance {
  /// Copies and upgrades of the database.
  struct DatabaseTests {
    /// A sandbox with a database of the first version.
    private func old() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.write(
        "old.sql",
        """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        \(Schema.version(1))
        INSERT INTO store VALUES ('11111111-2222-3333-4444-555555555555', 0, 1, 1);
        INSERT INTO progress (workflow_id) VALUES (0);
        """)
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      return sandbox
    }

    @Test func aBackupDuringARunIsComplete() throws {
      let steps = (0..<200).map { LedgerWorkflow.Step("t\($0)", "sleep", "0.02") }
      let trial = try LedgerTrial(LedgerWorkflow(steps: steps))
      let run = try trial.start(resume: false)
      try eventually("some are done: \(run.stderr)") {
        run.hasEnded || trial.sandbox.read("ledger").split(separator: "\n").count > 40
      }
      let copy = trial.sandbox.path("copy.db")
      let made = try trial.sandbox.run("db_backup", copy)
      #expect(made.status == 0, "\(made)")
      #expect(!run.hasEnded, "the run is still live")
      #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
      #expect(try trial.sandbox.run("db_check", "--database", copy).status == 0)
      let row = try #require(trial.sandbox.rows("workflow_status", "--database", copy).first)
      #expect(row["wf_status"] as? String == "RUNNING" && row["tasks"] as? Int == 200)
      let bytes = FileManager.default.contents(atPath: copy)
      let refused = try trial.sandbox.run("db_backup", copy)
      #expect(refused.status == 2 && refused.stderr.contains("already exists"), "\(refused)")
      #expect(FileManager.default.contents(atPath: copy) == bytes)
      #expect(try run.wait().status == 0)
    }

    @Test func anOldDatabaseIsUpgraded() throws {
      let sandbox = try old()
      let upgraded = try sandbox.run("db_upgrade", "-n")
      let object = try upgraded.object()
      let known = SQLiteStore.version
      #expect(object["changed"] as? Int == 1 && object["from"] as? Int == 1 && object["to"] as? Int == known)
      let copy = try #require(object["copy"] as? String)
      #expect(try sandbox.shell("sqlite3 '\(copy)' 'SELECT count(*) FROM grdb_migrations'") == "1\n")
      let again = try sandbox.run("db_upgrade")
      #expect(again.status == 0 && again.stdout.contains("nothing to do"), "\(again)")
      #expect(try sandbox.run("db_check").status == 0)
    }

    @Test func commandsThatOnlyReadDoNotUpgrade() throws {
      let sandbox = try old()
      for command in [["workflow_status"], ["history", "-w", "1"], ["db_check"], ["db_backup", "copy.db"]] {
        let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(
          refused.status == 1 && refused.stderr.contains("run jobmon db upgrade"), "\(command): \(refused)")
      }
      #expect(try sandbox.shell("sqlite3 jobmon.db 'SELECT count(*) FROM grdb_migrations'") == "1\n")
      #expect(try sandbox.shell("ls").contains("before-upgrade") == false)
      // A command that changes something upgrades the database first, and says so.
      let changed = try sandbox.run("concurrency_limit", "-w", "1", "-m", "1")
      #expect(changed.status == 2 && changed.stderr.contains("a copy of the former one"), "\(changed)")
      #expect(try sandbox.run("workflow_status", "-n").stdout == "[]\n")
    }

    /// A program that was killed while it created the tables: there is no data to keep, and no confirmation is needed.
    @Test func aHalfCreatedDatabaseIsCompleted() throws {
      for count in 0...1 {
        let sandbox = try Sandbox()
        try sandbox.write(
          "half.sql",
          count == 0
            ? "PRAGMA journal_mode = WAL;"
            : """
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('1');
            \(Schema.version(1))
            """)
        try sandbox.shell("sqlite3 jobmon.db < half.sql")
        #expect(try sandbox.run("workflow_status", "-n").stdout == "[]\n")
        #expect(try sandbox.run("db_check").status == 0)
        #expect(try !sandbox.shell("ls").contains("before-upgrade"))
      }
    }

    /// While a driver of an earlier version is running, its database is not upgraded.
    @Test func noUpgradeDuringALiveRun() throws {
      let sandbox = try old()
      let driver = try sandbox.start(["sleep", "1000"])
      let process = HostProcess.current
      let start = try #require(Int64(try sandbox.shell("awk '{printf $22}' /proc/\(driver.pid)/stat")))
      let record = try StoredJSON.text(
        DriverRecord(
          runUUID: "u", host: process.host, pid: driver.pid, processStart: start, bootID: process.bootID,
          pidNamespace: process.pidNamespace, uid: getuid(), user: "ann", cluster: "local", logs: "/logs",
          resume: nil))
      try sandbox.write(
        "held.sql",
        """
        INSERT INTO workflow (id, tool, tool_version, name, workflow_args, attributes, working_directory, settings,
          tool_settings, identity, dag, task_set, status, user, created, first_task, task_count, is_bound, has_started,
          holder)
        VALUES (1, 't', '1', 'w', 'x', '{}', '/', '{}', '{}', x'00', x'00', x'00', 'RUNNING', 'ann', 1, 1, 0, 1, 0, 1);
        INSERT INTO run (id, uuid, workflow_id, status, driver, user, cluster, logs, started, beats)
        VALUES (1, 'u', 1, 'RUNNING', '\(record)', 'ann', 'local', '/logs', 1, 0);
        """)
      try sandbox.shell("sqlite3 jobmon.db < held.sql")
      for command in [
        ["db_upgrade"], ["concurrency_limit", "-w", "1", "-m", "5"], ["workflow_stop", "-w", "1"],
      ] {
        let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
        #expect(refused.status == 3 && refused.stderr.contains("workflow 1"), "\(command): \(refused)")
      }
      #expect(try !sandbox.shell("ls").contains("before-upgrade"))
      #expect(try sandbox.shell("sqlite3 jobmon.db 'SELECT count(*) FROM grdb_migrations'") == "1\n")
      driver.signal(SIGKILL)
      try driver.wait()
      #expect(try sandbox.run("db_upgrade").status == 0)
    }

    @Test func aMissingDatabaseIsNotCreated() throws {
      let sandbox = try Sandbox()
      #expect(try sandbox.run("db_backup", sandbox.path("copy.db")).status == 2)
      #expect(try sandbox.run("db_upgrade").status == 2)
      #expect(!sandbox.exists("copy.db") && !sandbox.exists("jobmon.db"))
    }

    /// Old workflows are removed completely; a live one and younger ones stay. A kill in between loses nothing else.
    @Test func oldWorkflowsArePruned() throws {
      let sandbox = try Sandbox()
      let gate = sandbox.path("gate")
      for (name, command) in [
        ("old", "true {n}"), ("young", "true {n}"),
        ("live", "while ! test -e \(gate); do sleep 0.05; done; true {n}"),
      ] {
        try sandbox.write(
          "\(name).yaml",
          """
          tool: \(name)
          name: \(name)
          workflow_args: x
          task_templates: {\(name): {command_template: "\(command)", node_args: [n]}}
          tasks: [{template: \(name), for_each: {n: {range: [1, 20]}}}]
          """)
      }
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = sandbox.path("logs")
      #expect(try sandbox.run("run", "old.yaml", "--workflow-args", "1").status == 0)
      #expect(try sandbox.run("run", "old.yaml", "--workflow-args", "2").status == 0)
      #expect(try sandbox.run("run", "young.yaml").status == 0)
      // One at a time, to leave room on the machine for other tests.
      let live = try sandbox.jobmon("run", "live.yaml", "--max-concurrently-running", "1")
      try eventually("it runs: \(live.stderr)") {
        try sandbox.rows("workflow_status", "-l", "0").first.map { $0["running"] as? Int ?? 0 > 0 } ?? false
      }
      let database = sandbox.environment["JOBMON_DATABASE"]!
      try sandbox.shell(
        "sqlite3 '\(database)' 'UPDATE workflow SET created = created - 8640000000 WHERE id <> 3; UPDATE run SET started = started - 8640000000, ended = ended - 8640000000 WHERE workflow_id <> 3'"
      )

      #expect(try sandbox.run("db_prune").status == 2)
      #expect(try sandbox.run("db_prune", "--older-than", "soon").status == 2)
      #expect(try sandbox.run("db_prune", "-w", "4", "-f").status == 3)
      #expect(try sandbox.run("db_prune", "-w", "9", "-f").status == 2)
      let plan = try sandbox.rows("db_prune", "--older-than", "90d", "--dry-run")
      #expect(plan.map { $0["wf_id"] as? Int } == [1, 2], "\(plan)")
      #expect(try sandbox.run("db_prune", "--older-than", "90d").status == 2)  // no terminal to ask on
      #expect(try sandbox.rows("workflow_status", "-l", "0").count == 4)

      let killed = try sandbox.start(
        ["\(Sandbox.programs)/jobmon", "db_prune", "--older-than", "90d", "-f"],
        environment: ["JOBMON_KILL_AT": "store.prune.before-commit:1"]
      ).wait()
      #expect(killed.status != 0)
      #expect(try sandbox.rows("workflow_status", "-l", "0").map { $0["wf_id"] as? Int } == [4, 3])
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 2)
      let check = try sandbox.run("db_check")
      #expect(check.status == 0, "\(check)")
      let folder = try sandbox.shell("ls -d \(sandbox.path("logs"))/1-*").dropLast()
      let pruned = try sandbox.run("db_prune", "-w", "3", "-f", "--logs", "-n").object()
      #expect(pruned["changed"] as? Int == 3, "the interrupted pruning is completed, too: \(pruned)")
      let left = try sandbox.shell(
        "sqlite3 '\(database)' 'SELECT (SELECT count(*) FROM task), (SELECT count(*) FROM task_definition), (SELECT count(DISTINCT workflow_id) FROM instance), (SELECT count(DISTINCT workflow_id) FROM feed), (SELECT count(*) FROM workflow), (SELECT count(DISTINCT run_id) FROM batch)'"
      )
      #expect(left == "20|20|1|1|1|1\n", "\(left)")
      #expect(FileManager.default.fileExists(atPath: String(folder)), "logs are kept without --logs")
      #expect(try sandbox.shell("ls \(sandbox.path("logs"))").contains("4-"))
      #expect(try !sandbox.shell("ls \(sandbox.path("logs"))").contains("3-"))

      // The same file is then a new workflow, and the live one continues.
      #expect(try sandbox.run("run", "young.yaml").status == 0)
      try sandbox.open(gate: "gate")
      #expect(try live.wait().status == 0)
      #expect(try sandbox.run("db_prune", "-w", "4", "-f", "--vacuum").status == 0)
      #expect(try sandbox.run("db_check").status == 0)
    }

    /// Every inconsistency of a database is found, named, and explained with a remedy.
    @Test(arguments: [
      ("task-count", "DELETE FROM task WHERE id = 2", "restore a backup"),
      ("task-count", "DELETE FROM task_definition WHERE id = 2", "restore a backup"),
      ("progress", "UPDATE progress SET done = 1 WHERE workflow_id = 1", "wrong counts"),
      (
        "done-workflow",
        "UPDATE task SET status = 'G' WHERE id = 2; UPDATE progress SET done = 2 WHERE workflow_id = 1",
        "then resume"
      ),
      ("one-open-instance", "UPDATE instance SET task_id = 1, is_open = 1", "--reset-running-jobs"),
      (
        "done-and-open", "UPDATE instance SET is_open = 1 WHERE task_id = 1; UPDATE workflow SET holder = 1",
        "a resume cancels"
      ),
      ("holder", "UPDATE workflow SET holder = 1", "adopts them"),
      ("foreign-keys", "PRAGMA foreign_keys = off; DELETE FROM run", "written by another program"),
      (
        "done-before-upstream",
        "UPDATE task SET status = 'G' WHERE id = 1; UPDATE progress SET done = 2 WHERE workflow_id = 1; UPDATE workflow SET status = 'FAILED'",
        "jobmon task history -t 3"
      ),
    ]) func everyInconsistencyIsReportedWithARemedy(name: String, damage: String, remedy: String) throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        task_templates: {a: {command_template: "true {n}", node_args: [n]}, b: {command_template: "true"}}
        tasks: [{template: a, for_each: {n: [1, 2]}}, {template: b, upstream: [{template: a}]}]
        """)
      #expect(try sandbox.run("run", "w.yaml").status == 0)
      #expect(try sandbox.rows("db_check").isEmpty)
      try sandbox.shell("sqlite3 '\(sandbox.environment["JOBMON_DATABASE"]!)' \"\(damage)\"")
      let found = try sandbox.run("db_check", "-n")
      #expect(found.status == 1, "\(found)")
      let rows = try #require(
        JSONSerialization.jsonObject(with: Data(found.stdout.utf8)) as? [[String: String]])
      let row = try #require(rows.first { $0["check"] == name }, "\(rows)")
      #expect(row["explanation"]?.contains(remedy) == true, "\(row)")
    }

    @Test func aDatabaseInALockedFolderIsOpened() throws {
      let sandbox = try Sandbox()
      try sandbox.shell("mkdir -m 755 open")
      _ = try sandbox.start(["flock", "open", "sh", "-c", "touch locked; sleep 1000"])
      try eventually("it is locked") { sandbox.exists("locked") }
      let file = try sandbox.write(
        "workflow.yaml", "tool: t\ntask_templates: {a: {command_template: 'true'}}\ntasks: [{template: a}]\n")
      let ended = try sandbox.run("run", file, "--database", sandbox.path("open/jobmon.db"), seconds: 30)
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stderr.contains("has been locked by another process for 5 s"), "\(ended)")
    }
  }
}
