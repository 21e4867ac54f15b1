import Foundation
import Testing

@testable import JobmonCore

extension Acceptance {
  /// Copies and upgrades of the database.
  struct DatabaseTests {
    /// A world with a database as the first version made it.
    private func old() throws -> Sandbox {
      let sandbox = try Sandbox()
      try sandbox.write(
        "old.sql",
        """
        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
        INSERT INTO grdb_migrations VALUES ('1');
        \(Schema.version(1))
        """)
      try sandbox.shell("sqlite3 jobmon.db < old.sql")
      return sandbox
    }

    @Test func aCopyIsWholeThoughARunIsLive() throws {
      let steps = (0..<200).map { LedgerWorkflow.Step("t\($0)", "sleep", "0.02") }
      let trial = try LedgerTrial(LedgerWorkflow(steps: steps))
      let run = try trial.start(resume: false)
      try eventually("some are done: \(run.stderr)") {
        run.hasEnded || trial.sandbox.read("ledger").split(separator: "\n").count > 40
      }
      let copy = trial.sandbox.path("copy.db")
      let made = try trial.sandbox.run("db_backup", copy)
      #expect(made.status == 0, "\(made)")
      #expect(!run.hasEnded, "the copy was made of a live run")
      #expect(try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int == 0o600)
      #expect(try trial.sandbox.run("db_check", "--database", copy).status == 0)
      let row = try #require(trial.sandbox.rows("workflow_status", "--database", copy).first)
      #expect(row["wf_status"] as? String == "RUNNING" && row["tasks"] as? Int == 200)
      let bytes = FileManager.default.contents(atPath: copy)
      let refused = try trial.sandbox.run("db_backup", copy)
      #expect(refused.status == 2 && refused.stderr.contains("there already"), "\(refused)")
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

    @Test func aListingSaysThatItUpgraded() throws {
      let sandbox = try old()
      let listed = try sandbox.run("workflow_status", "-n")
      #expect(
        listed.status == 0 && listed.stdout == "[]\n" && listed.stderr.contains("a copy from before"),
        "\(listed)")
    }

    @Test func whereThereIsNone() throws {
      let sandbox = try Sandbox()
      #expect(try sandbox.run("db_backup", sandbox.path("copy.db")).status == 2)
      #expect(try sandbox.run("db_upgrade").status == 2)
      #expect(!sandbox.exists("copy.db") && !sandbox.exists("jobmon.db"))
    }
  }
}
