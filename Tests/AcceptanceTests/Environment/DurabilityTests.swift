import Foundation
import Testing

extension Acceptance {
  /// The contents of the database files after power failures, on network file systems, and after copies were restored.
  struct DurabilityTests {
    private func workflow(_ command: String, _ count: Int) -> String {
      """
      tool: t
      name: durable
      workflow_args: x
      task_templates: {a: {command_template: "\(command) {n}", node_args: [n]}}
      tasks: [{template: a, for_each: {n: {range: [1, \(count)]}}}]
      """
    }

    /// Several drivers write to one database through FUSE, where no write-ahead log is used and a sync is slow.
    @Test func severalDriversShareADatabaseOnANetworkFileSystem() throws {
      let sandbox = try Sandbox()
      let shim = try FileShim(sandbox, pause: 15_000)
      try sandbox.shell("mkdir real net && bindfs real net")
      defer { _ = try? sandbox.shell("fusermount3 -u -z net || fusermount -u -z net || umount -l net") }
      sandbox.environment["JOBMON_DATABASE"] = sandbox.path("net/jobmon.db")
      let file = try sandbox.write("w.yaml", workflow("sleep 0.02; true", 60))
      let runs = try (1...4).map {
        try sandbox.jobmon("run", file, "--workflow-args", "\($0)", environment: shim.environment)
      }
      for run in runs {
        let ended = try run.wait(180)
        #expect(ended.status == 0, "\(ended)")
      }
      #expect(
        runs[0].stderr.contains("FUSE"), "it is not recognized as a network file system: \(runs[0].stderr)")
      #expect(shim.lostLocks.isEmpty, "\(shim.lostLocks)")
      let check = try sandbox.run("db_check")
      #expect(check.status == 0, "\(check)")
      #expect(
        try sandbox.shell("sqlite3 net/jobmon.db \"SELECT count(*) FROM task WHERE status = 'D'\"") == "240\n"
      )
    }

    /// With a write-ahead log, too, only SQLite closes descriptors of the database.
    @Test func noLocksAreLostOnALocalFileSystem() throws {
      let sandbox = try Sandbox()
      let shim = try FileShim(sandbox)
      let file = try sandbox.write("w.yaml", workflow("sleep 1.2; true", 4))
      let run = try sandbox.run("run", file, environment: shim.environment)
      #expect(run.status == 0 && shim.lostLocks.isEmpty, "\(run) \(shim.lostLocks)")
      #expect(try sandbox.shell("ls kept").contains("jobmon.db-wal"), "the shim has seen no sync")
    }

    /// A cluster with core placement whose jobs outlive the driver: after a power failure, the database contains every
    /// attempt that was submitted.
    @Test func attemptsAreSyncedBeforeTheirSubmission() throws {
      let sandbox = try Sandbox()
      let shim = try FileShim(sandbox)
      let spool = try String(contentsOfFile: PluginTests.spoolProgram, encoding: .utf8)
      let placed = spool.replacing(
        #"placement={"by": "backend", "max_outstanding": self.slots}"#,
        with: #"placement={"by": "core", "nodes": [{"name": "n1", "cores": 2, "memory": 1 << 34}]}"#)
      let checked = placed.replacing(
        "    def on_submit(self, call):\n        batch = call[\"params\"]\n",
        with: """
              def on_submit(self, call):
                  batch = call["params"]
                  import sqlite3, tempfile
                  with tempfile.TemporaryDirectory() as folder:
                      for name in os.listdir("\(sandbox.path("kept"))"):
                          if name.startswith("jobmon.db"):
                              shutil.copy(os.path.join("\(sandbox.path("kept"))", name), folder)
                      database = sqlite3.connect(os.path.join(folder, "jobmon.db"))
                      for task in batch["tasks"]:
                          try:
                              known = database.execute(
                                  "SELECT count(*) FROM instance JOIN batch ON batch.id = batch_id WHERE instance.id = ? AND token = ?",
                                  (task["instance"], batch["token"])).fetchone()[0]
                          except sqlite3.Error as error:
                              known = str(error)
                          with open("\(sandbox.path("submitted"))", "a") as log:
                              log.write("%d %s\\n" % (task["instance"], "known" if known == 1 else "unknown %s" % known))

          """)
      #expect(placed != spool && checked != placed)
      try sandbox.write("plugin", checked)
      try sandbox.shell("chmod 755 plugin")
      try sandbox.write(
        "plugins.json",
        #"{"plugins": {"placed": {"command": ["./plugin"]}}, "clusters": {"placed": {"plugin": "placed", "options": {"slots": 2, "spool": "\#(sandbox.path("spool"))"}}}}"#
      )
      let file = try sandbox.write("w.yaml", workflow("sleep 0.05; true", 24))
      let run = try sandbox.run(
        "run", file, "-c", "placed", "--plugins", sandbox.path("plugins.json"), environment: shim.environment)
      #expect(run.status == 0, "\(run)")
      let submitted = sandbox.read("submitted").split(separator: "\n")
      #expect(submitted.count == 24)
      #expect(submitted.allSatisfy { $0.hasSuffix(" known") }, "\(submitted)")
    }

    @Test func theDatabaseFileIsCompleteAfterARun() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow("true", 99))
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.shell("mkdir other && cp jobmon.db other/")
      let again = try sandbox.run("run", file, "--resume", "--database", sandbox.path("other/jobmon.db"))
      #expect(again.status == 0 && again.stderr.contains("is DONE"), "\(again)")
    }

    /// The log of a killed driver remains, and the database file is replaced by an earlier copy.
    @Test func aWriteAheadLogOfAnotherDatabaseIsDetected() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow("true", 20))
      #expect(try sandbox.run("run", file).status == 0)
      try sandbox.shell("cp jobmon.db early.db")
      #expect(try sandbox.run("run", file, "--workflow-args", "2").status == 0)
      #expect(try sandbox.run("db_backup", "late.db").status == 0)
      let slow = try sandbox.write("slow.yaml", workflow("sleep 100; true", 2))
      let killed = try sandbox.jobmon("run", slow, "--workflow-args", "3")
      try eventually("it runs: \(killed.stderr)") {
        killed.hasEnded || sandbox.processes().contains { $0.program == "sleep" }
      }
      killed.signal(SIGKILL)
      try killed.wait()
      try sandbox.shell("test -s jobmon.db-wal && cp jobmon.db-wal log && mkdir other")

      for (name, sign) in [("early.db", "the file was replaced by a copy"), ("other.db", "another database")]
      {
        if name == "other.db" {
          let other = try sandbox.run("run", file, "--database", sandbox.path("other.db"))
          #expect(other.status == 0)
          // Make sure that the counters of the log's database are not ahead of this one's.
          try sandbox.shell("sqlite3 other.db 'UPDATE progress SET seq = 100000 WHERE workflow_id = 0'")
        }
        try sandbox.shell("cp \(name) jobmon.db && cp log jobmon.db-wal && rm -f jobmon.db-shm")
        for _ in 0..<2 {
          let check = try sandbox.run("db_check")
          #expect(check.status == 1 && check.stdout.contains(sign), "\(name): \(check)")
        }
        for command in [["workflow_status"], ["run", file, "--resume"], ["db_backup", "no.db"]] {
          let refused = try sandbox.start(["\(Sandbox.programs)/jobmon"] + command).wait()
          #expect(refused.status == 1 && refused.stderr.contains("db restore"), "\(command): \(refused)")
        }
        try sandbox.shell("cmp log jobmon.db-wal && cmp \(name) jobmon.db")
        let restored = try sandbox.run("db_restore", "late.db", "-n")
        let object = try restored.object()
        #expect(object["changed"] as? Int == 1 && object["done"] as? Int == 40, "\(restored)")
        let kept = try #require(object["kept"] as? String)
        try sandbox.shell("cmp log '\(kept)-wal' && cmp \(name) '\(kept)'")
        #expect(try sandbox.run("db_check").status == 0)
        let resumed = try sandbox.run("run", file, "--resume", "--workflow-args", "2")
        #expect(resumed.status == 0 && resumed.stderr.contains("is DONE"), "\(resumed)")
      }
    }

    @Test func noBackupIsRestoredDuringALiveRun() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow("while [ ! -e gate ]; do sleep 0.05; done; true", 3))
      let run = try sandbox.jobmon("run", file)
      try eventually("it runs: \(run.stderr)") {
        run.hasEnded || sandbox.processes().contains { $0.program == "sleep" }
      }
      #expect(try sandbox.run("db_backup", "copy.db").status == 0)
      let refused = try sandbox.run("db_restore", "copy.db")
      #expect(refused.status == 3 && refused.stderr.contains("workflow stop -w 1"), "\(refused)")

      // The driver and its worker die, and a command remains that the restored database would not know.
      sandbox.killAll("jobmon-worker")
      run.signal(SIGKILL)
      try run.wait()
      let left = try sandbox.run("db_restore", "copy.db")
      #expect(left.status == 3 && left.stderr.contains("workflow resume -w 1"), "\(left)")
      try sandbox.open(gate: "gate")
      try eventually("the commands end") { sandbox.processes().isEmpty }
      #expect(try sandbox.run("db_restore", "copy.db").status == 0)
      let resumed = try sandbox.run("run", file, "--resume")
      #expect(resumed.status == 0, "\(resumed)")
      #expect(try sandbox.run("db_check").status == 0)
      let ids = try sandbox.shell("sqlite3 jobmon.db 'SELECT count(*), count(DISTINCT id) FROM instance'")
      #expect(ids.hasPrefix("6|6"), "\(ids)")
    }

    /// Nothing is lost, and repeating the command succeeds. The numbers count visits: the file is moved before its log.
    @Test(arguments: [
      "store.restore.before-copy:1", "store.restore.kept:1", "store.restore.moved-away:1",
      "store.restore.moved-away:2",
      "store.restore.before-link:1",
    ])
    func aKilledRestoreLosesNothing(_ point: String) throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow("true", 20))
      #expect(try sandbox.run("run", file).status == 0)
      #expect(try sandbox.run("db_backup", "copy.db").status == 0)
      if point.hasPrefix("store.restore.before-copy") {
        #expect(try sandbox.run("run", file, "--workflow-args", "2").status == 0)
      } else {
        try sandbox.shell("printf rubbish > jobmon.db && printf log > jobmon.db-wal && rm -f jobmon.db-shm")
      }
      let killed = try sandbox.start(
        ["\(Sandbox.programs)/jobmon", "db_restore", "copy.db"], environment: ["JOBMON_KILL_AT": point]
      ).wait()
      #expect(killed.status == -SIGKILL, "\(killed)")
      if point.hasPrefix("store.restore.before-copy") {
        #expect(
          try sandbox.rows("workflow_status", "-l", "0").count == 2, "the current database is unchanged")
      } else {
        #expect(try sandbox.shell("cat jobmon.db.before-restore-*[0-9]") == "rubbish")
        #expect(try sandbox.shell("cat jobmon.db.before-restore-*-wal") == "log")
      }
      let again = try sandbox.run("db_restore", "copy.db", "-n")
      #expect(try again.object()["done"] as? Int == 20, "\(again)")
      #expect(try sandbox.run("db_check").status == 0)
      #expect(try sandbox.rows("workflow_status", "-l", "0").count == 1)
    }

    @Test func aDamagedBackupIsRefused() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write("w.yaml", workflow("true some_words_to_be_found", 50))
      #expect(try sandbox.run("run", file).status == 0)
      #expect(try sandbox.run("db_backup", "copy.db").status == 0)
      #expect(try sandbox.run("db_check", "--database", "copy.db").status == 0)
      // A single letter of a text is changed, which SQLite does not notice.
      try sandbox.shell("sed 's/some_words/same_words/' copy.db > bad.db && ! cmp -s copy.db bad.db")
      #expect(try sandbox.shell("sqlite3 bad.db 'PRAGMA integrity_check'") == "ok\n")
      let check = try sandbox.run("db_check", "--database", "bad.db")
      #expect(check.status == 1 && check.stdout.contains("checksum"), "\(check)")
      let before = try sandbox.shell("sha256sum jobmon.db")
      let refused = try sandbox.run("db_restore", "bad.db")
      #expect(refused.status == 1 && refused.stderr.contains("damaged"), "\(refused)")
      for (name, status) in [("missing.db", 2), ("w.yaml", 2), ("jobmon.db", 2), ("/proc/self/fd", 2)] {
        let refused = try sandbox.run("db_restore", name)
        #expect(refused.status == status, "\(name): \(refused)")
      }
      #expect(try sandbox.shell("sha256sum jobmon.db") == before)
      #expect(try sandbox.run("db_restore", "bad.db", "-f").status == 0)
      // The file is no longer a database.
      try sandbox.shell("printf 'rubbish' > jobmon.db; rm -f jobmon.db-wal jobmon.db-shm")
      #expect(try sandbox.run("workflow_status").status == 1)
      let restored = try sandbox.run("db_restore", "copy.db")
      #expect(restored.status == 0, "\(restored)")
      #expect(try sandbox.shell("cat jobmon.db.before-restore-*").contains("rubbish"))
      #expect(try sandbox.run("db_check").status == 0)
      // A copy that is used becomes a separate database.
      #expect(try sandbox.run("run", file, "--workflow-args", "2", "--database", "copy.db").status == 0)
      #expect(try sandbox.run("db_check", "--database", "copy.db").status == 0)
    }
  }
}
