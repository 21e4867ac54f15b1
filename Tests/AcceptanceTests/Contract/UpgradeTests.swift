import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

extension Acceptance {
  /// Databases of every earlier version, upgraded by the built program.
  struct UpgradeTests {
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Fixtures")

    static func text(_ name: String) throws -> String {
      try String(contentsOf: fixtures.appendingPathComponent(name), encoding: .utf8)
    }

    private static func rows(_ text: String) throws -> [[String: Any]] {
      try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    /// A database of the last program of version 4: failures, retries, a resource that ran out, an interrupt, a reset,
    /// manual changes, limits and a killed driver. The fixture also contains the listings of that program.
    private func upgradedFromVersion4() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.write("old.sql", Self.text("version-4/database.sql"))
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      let upgraded = try sandbox.run("db_upgrade", "-n").object()
      #expect(upgraded["from"] as? Int == 4 && upgraded["to"] as? Int == SQLiteStore.version)
      #expect(try sandbox.run("db_check").status == 0)
      return sandbox
    }

    private static func steps(_ rows: [[String: Any]]) -> [String] {
      rows.map { row in
        ["time", "kind", "id", "task_name", "from", "to", "by", "cause"].map { "\(row[$0] ?? "-")" }
          .joined(separator: " ")
      }
    }

    @Test func theHistoryIsKept() throws {
      let sandbox = try upgradedFromVersion4()
      let before = try Self.rows(Self.text("version-4/history.json"))
      let now = try sandbox.rows("history", "-w", "1", "-l", "0")
      #expect(Self.steps(now).sorted() == Self.steps(before).sorted())
      let seqs = now.compactMap { $0["seq"] as? Int }
      #expect(seqs == Set(seqs).sorted(), "the numbers of the steps are unique and ascending")
      let times = now.compactMap { $0["time"] as? String }
      #expect(times == times.sorted())
      let task = try sandbox.rows("history", "-t", "9") as NSArray
      #expect(task == now.filter { $0["task_name"] as? String == "slow" } as NSArray)
    }

    @Test func attemptsAndTheirMessagesAreKept() throws {
      let sandbox = try upgradedFromVersion4()
      let before = try Self.rows(Self.text("version-4/task_status.json"))
      let now = try sandbox.rows("task_status", "-t", "1", "6", "7", "8", "9", "10")
      #expect(now.count == before.count)
      for (new, old) in zip(now, before) {
        for (key, value) in old where !["stdout", "stderr"].contains(key) {
          // Messages are generated from the stored facts.
          let value =
            (value as? String).map {
              $0.replacing("ran longer than it asked for", with: "exceeded its runtime request")
            } ?? value
          #expect(new[key] as? NSObject == value as? NSObject, "\(key) of \(old)")
        }
      }
      // The facts of a message are columns now.
      let facts = try sandbox.shell(
        "sqlite3 jobmon.db \"SELECT id, message, follow_up FROM instance WHERE status IN ('FATAL', 'RESOURCE_ERROR')\""
      )
      #expect(
        facts.contains(
          "ran for 2 s, asked for 2 s|{\"noFurtherAttempt\":{\"_0\":{\"attemptsUsed\":{\"_0\":2}}}}"))
      #expect(facts.contains("exitCodeNotRetried"))
      let groups = try sandbox.rows("errors", "-w", "1", "-l", "0")
      #expect(groups.contains { ($0["sample"] as? String)?.contains("asked for") == true }, "\(groups)")
    }

    /// The killed upgrade leaves nothing, and the next one starts from the beginning.
    @Test func aKilledUpgradeIsRepeated() throws {
      let sandbox = try Sandbox()
      try sandbox.write("old.sql", Self.text("version-4/database.sql"))
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      sandbox.environment["JOBMON_KILL_AT"] = "store.upgrade.before-commit"
      let killed = try sandbox.jobmon("db_upgrade").wait()
      #expect(killed.status != 0, "\(killed)")
      let tables = "SELECT count(*) FROM sqlite_master WHERE name IN ('feed', 'change')"
      #expect(try sandbox.shell("sqlite3 jobmon.db \"\(tables)\"") == "1\n")
      sandbox.environment["JOBMON_KILL_AT"] = nil
      #expect(try sandbox.run("db_upgrade").status == 0)
      #expect(try sandbox.run("db_check").status == 0)
      let before = try Self.rows(Self.text("version-4/history.json"))
      #expect(
        Self.steps(try sandbox.rows("history", "-w", "1", "-l", "0")).sorted() == Self.steps(before).sorted())
    }

    @Test func anUpgradedWorkflowIsResumed() throws {
      let sandbox = try upgradedFromVersion4()
      #expect(try sandbox.run("update_task_status", "-w", "1", "-t", "8", "-s", "G", "-f").status == 0)
      let last = try #require(try sandbox.rows("history", "-w", "1", "-l", "0").last?["seq"] as? Int)
      try sandbox.write("good", "")
      try sandbox.shell(
        "sqlite3 jobmon.db \"UPDATE workflow SET working_directory = '$PWD'; UPDATE run SET logs = '$PWD/logs'\""
      )
      let run = try sandbox.run("workflow_resume", "-w", "1", "--events", sandbox.path("events"))
      #expect(run.status == 0, "\(run)")
      let told = try sandbox.read("events").split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      #expect(told.allSatisfy { $0["seq"] as? Int ?? 0 > last })
      let history = try sandbox.rows("history", "-w", "1", "-l", "0").suffix(told.count)
      #expect(history.map { $0["seq"] as? Int } == told.map { $0["seq"] as? Int })
    }

    /// Version 7 adds requests to a live run.
    @Test func aLiveRunOfAnUpgradedDatabaseAcceptsReruns() throws {
      let sandbox = try Sandbox()
      let trial = try LedgerTrial(
        LedgerWorkflow(
          steps: [.init("wait", "gate", sandbox.path("gate")), .init("bad", "flaky", "1")], maxAttempts: 1),
        in: sandbox)
      let first = try trial.startToGate()
      try eventually("the failure") { try trial.tasks("FATAL") == ["bad"] }
      first.signal(SIGTERM)
      try first.wait()
      try sandbox.shell(
        "sqlite3 jobmon.db \"DROP TABLE rerun; DELETE FROM grdb_migrations WHERE identifier = '7'\"")
      let upgraded = try sandbox.run("db", "upgrade", "-n").object()
      #expect(upgraded["from"] as? Int == 6 && upgraded["to"] as? Int == SQLiteStore.version)
      let second = try trial.start()
      try eventually("the gate: \(second.stderr)") {
        try trial.tasks("RUNNING") == ["wait"] && trial.tasks("DONE") == ["bad"]
      }
      let told = try sandbox.run("task", "rerun", "bad", "-f", "-o", "json")
      #expect(try told.object()["changed"] as? Int == 1, "\(told)")
      try sandbox.open(gate: "gate")
      #expect(try second.wait().status == 0)
      try trial.expectAllDone()
      #expect(try sandbox.run("db_check").status == 0)
    }

    /// The tables of each version, with rows in those that the upgrade reads.
    @Test(arguments: 1...5) func rowsOfAnyVersionAreKept(version: Int) throws {
      let sandbox = try Sandbox()
      let settings = try StoredJSON.text(TaskSettings())
      func blob(_ bytes: [UInt8]) -> String { "x'" + bytes.map { String(format: "%02x", $0) }.joined() + "'" }
      try sandbox.write(
        "old.sql",
        """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        \(Schema.version(1))
        INSERT INTO store (uuid, created, next_task, next_instance) VALUES ('11111111-2222-3333-4444-555555555555', 0, 3, 5);
        INSERT INTO progress (workflow_id, seq) VALUES (0, 40);
        INSERT INTO progress (workflow_id, done, fatal, retries) VALUES (7, 1, 1, 1);
        INSERT INTO workflow (id, tool, tool_version, name, workflow_args, attributes, working_directory, settings,
          tool_settings, identity, dag, task_set, status, user, created, first_task, task_count, is_bound, has_started)
        VALUES (7, 't', '1', 'w', 'old', '{}', '/', '\(settings)', '\(settings)', x'00', x'00', x'00', 'FAILED', 'ann', 1, 1, 2,
          1, 1);
        INSERT INTO template_version (id, tool, tool_version, name, command_template, arguments)
        VALUES (1, 't', '1', 'step', 'step {n}', '{"node":["n"],"task":[],"op":[]}');
        INSERT INTO array VALUES (7, 0, 1, '\(settings)', NULL, NULL, '[]');
        INSERT INTO settings VALUES (7, 0, '\(settings)');
        INSERT INTO upstream_set VALUES (7, 1, \(blob(Packing.pack([0]))));
        INSERT INTO task VALUES (1, 0, 0, 0, 'D', 1, 'first', \(blob(Packing.pack(["one"]))), x'01', NULL, '{"k":"v"}');
        INSERT INTO task VALUES (2, 0, 1, 0, 'F', 0, 'second', \(blob(Packing.pack(["two"]))), x'02', 'true', NULL);
        INSERT INTO run (id, uuid, workflow_id, status, driver, user, cluster, logs, started, ended, beats)
        VALUES (3, 'u', 7, 'ERROR', '{}', 'ann', 'slurm', '/logs', 10, 90, 0);
        INSERT INTO request VALUES (1, '{"cores":1,"other":{}}');
        INSERT INTO batch VALUES (1, 'token', 3, 'slurm', 0, 1);
        INSERT INTO instance (id, workflow_id, task_id, run_id, batch_id, place, attempt, status, is_open, is_retry, seq,
          created, started, ended, handle, node, cause, code, message)
        VALUES (1, 7, 1, 3, 1, 0, 1, 'ERROR', 0, 1, 14, 20, 30, 40, '9_0', 'n1', 'nodeFailure', NULL,
            'its node failed; not tried again before 1970-01-01T00:00:00.045Z'),
          (2, 7, 1, 3, 1, 1, 2, 'DONE', 0, 0, 22, 50, 60, 70, '9_1', 'n1', 'exit', 0, NULL),
          (3, 7, 2, 3, 1, 2, 1, 'FATAL', 0, 0, 30, 70, 75, 80, '9_2', 'n2', 'cancelled', NULL,
            'cancelled by bob; a task that somebody cancels is not retried');
        INSERT INTO change VALUES (1, 1, 'workflow', 7, NULL, 7, NULL, NULL, 'REGISTERING', NULL, NULL),
          (5, 10, 'workflow_run', 7, 3, 3, NULL, 'COLD_RESUME', 'RUNNING', 'ann', NULL),
          (9, 25, 'task_instance', 7, 3, 1, '1-2', 'INSTANTIATED', 'LAUNCHED', NULL, NULL),
          (33, 85, 'limit', 7, NULL, 7, NULL, 'none', '3', 'bob', 'template step'),
          (35, 90, 'workflow_run', 7, 3, 3, NULL, 'RUNNING', 'ERROR', NULL, NULL),
          (40, 95, 'task', 7, NULL, 2, NULL, 'FATAL', 'PENDING', 'bob', 'set by hand');
        \(version > 1 ? (2...version).map(Schema.version).joined(separator: "\n") : "")
        INSERT INTO grdb_migrations VALUES \((1...version).map { "('\($0)')" }.joined(separator: ", "));
        """)
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      #expect(try sandbox.run("db_upgrade").status == 0)
      let history = try sandbox.rows("history", "-w", "7", "-l", "0")
      let told = history.map { row in
        ["kind", "id", "from", "to", "by", "cause"].map { key in
          (row[key] as? String) ?? (row[key] as? Int).map(String.init) ?? "-"
        }.joined(separator: " ")
      }
      #expect(
        told == [
          "workflow 7 - REGISTERING ann -", "workflow_run 3 COLD_RESUME RUNNING ann -",
          "task_instance 1 - INSTANTIATED run 3 -", "task_instance 1 INSTANTIATED LAUNCHED run 3 -",
          "task_instance 2 INSTANTIATED LAUNCHED run 3 -", "task_instance 1 LAUNCHED RUNNING run 3 -",
          "task 1 SCHEDULED RUNNING run 3 -", "task_instance 1 RUNNING ERROR run 3 nodeFailure",
          "task 1 RUNNING PENDING run 3 nodeFailure", "task_instance 2 - INSTANTIATED run 3 -",
          "task_instance 2 LAUNCHED RUNNING run 3 -", "task 1 SCHEDULED RUNNING run 3 -",
          "task_instance 3 - INSTANTIATED run 3 -", "task_instance 2 RUNNING DONE run 3 exit",
          "task 1 RUNNING DONE run 3 exit", "task_instance 3 LAUNCHED RUNNING run 3 -",
          "task 2 SCHEDULED RUNNING run 3 -", "task_instance 3 RUNNING FATAL run 3 cancelled",
          "task 2 RUNNING FATAL run 3 cancelled", "limit 7 none 3 bob template step",
          "workflow_run 3 RUNNING ERROR run 3 -", "task 2 FATAL PENDING bob set by hand",
        ])
      let attempts = try sandbox.rows("task_status", "-t", "1", "2")
      #expect(
        attempts.map { $0["error_trace"] as? String } == [
          "its node failed; next attempt not before 1970-01-01T00:00:00.045Z", nil,
          "cancelled by bob; cancelled tasks are not retried",
        ])
      #expect(try sandbox.shell("sqlite3 jobmon.db 'SELECT detail FROM instance WHERE id = 3'") == "bob\n")
    }
  }
}
