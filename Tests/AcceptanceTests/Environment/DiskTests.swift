import Foundation
import Testing

extension Acceptance {
  /// Disks that are full or read-only, or on which a folder disappears.
  struct DiskTests {
    @Test func aFullDatabaseDiskIsAnErrorAndLosesNothing() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 16)
      sandbox.environment["JOBMON_DATABASE"] = "\(disk.path)/jobmon.db"
      let trial = try LedgerTrial.gated(sandbox, after: 300)
      let run = try trial.startToGate(["-o", "json"])
      try disk.fill()
      try sandbox.open(gate: "gate")
      let ended = try run.wait(100)
      #expect(ended.status == 1, "\(ended)")
      #expect("\(ended)".contains("no space left"), "\(ended)")
      #expect("\(ended)".contains("jobmon.db"), "which file: \(ended)")
      try disk.empty()
      try trial.recordStore()
      try trial.finishAndCheckLaws("after the disk was full")
    }

    @Test func aRunWaitsForInodesForLogFiles() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 1, files: 100)
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = "\(disk.path)/logs"
      let trial = try LedgerTrial.gated(sandbox, after: 10)
      let run = try trial.startToGate()
      // Free bytes may remain: without inodes the file system cannot create a file either.
      try disk.fillWithFiles()
      try sandbox.open(gate: "gate")
      // A command that cannot be started is not a failure: the run waits for free space.
      try eventually("it says what is wrong: \(run.stderr)") {
        run.hasEnded || run.stderr.contains("the disk of the log files is full: \(disk.path)/logs/")
      }
      try disk.empty()
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stderr.contains("No space left on device"), "\(ended)")
      #expect(ended.stderr.contains("the disk of the log files has space again"), "\(ended)")
      #expect(!ended.stderr.contains("retry"), "\(ended)")
      #expect(try sandbox.rows("workflow_status").first?["retries"] as? Int == 0)
      try trial.checkLaws("logs on a disk that was full")
    }

    /// Commands that wait for a gate, and then write more than a full disk accepts.
    private func writers(_ sandbox: Sandbox, _ disk: SmallDisk) throws -> Child {
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = "\(disk.path)/logs"
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        default_max_attempts: 2
        task_templates:
          a: {command_template: "echo >> \(sandbox.path("started")); while ! test -e \(sandbox.path("gate")); do sleep 0.02; done; head -c 20000 /dev/zero", node_args: [n]}
        tasks: [{template: a, for_each: {n: [1, 2]}}, {template: a, for_each: {n: {range: [3, 12]}}}]
        """)
      return try sandbox.jobmon("run", file, "-o", "json", "--no-progress", environment: Sandbox.beating)
    }

    private func waitUntilFull(_ sandbox: Sandbox, _ disk: SmallDisk, _ run: Child) throws {
      try eventually("commands run: \(run.stderr)") { sandbox.exists("started") || run.hasEnded }
      try disk.fill()
      try sandbox.open(gate: "gate")
      try eventually("it says what is wrong: \(run.stderr)") {
        run.hasEnded || run.stderr.contains("the disk of the log files is full: \(disk.path)/logs/")
      }
      try eventually("all running commands have ended: \(run.stderr)") {
        run.hasEnded || sandbox.processes().allSatisfy { $0.program.hasPrefix("jobmon") }
      }
    }

    @Test func aFullLogDiskUsesNoAttempt() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 1)
      let run = try writers(sandbox, disk)
      try waitUntilFull(sandbox, disk, run)
      let before = sandbox.read("started")
      try sandbox.waitForBeats(10, of: run)
      #expect(sandbox.read("started") == before, "nothing starts while the disk is full")
      #expect(!run.hasEnded)
      try disk.empty()
      let ended = try run.wait()
      let result = try ended.object()
      #expect(ended.status == 0 && result["status"] as? String == "DONE", "\(ended)")
      #expect(result["retries"] as? Int == 0, "\(ended)")
      #expect(result["tasks_done"] as? Int == 12, "\(ended)")
      #expect(
        ended.stderr.components(separatedBy: "the disk of the log files is full").count == 2, "once: \(ended)"
      )
    }

    @Test(arguments: ["interrupt", "stop"])
    func aRunWithAFullLogDiskCanBeStopped(how: String) throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 1)
      let run = try writers(sandbox, disk)
      try waitUntilFull(sandbox, disk, run)
      if how == "interrupt" {
        run.signal(SIGINT)
      } else {
        #expect(try sandbox.run("workflow_stop", "-w", "1").status == 0)
      }
      let stopped = try run.wait(20)
      #expect(stopped.status == 130, "\(stopped)")
      #expect(try stopped.object()["status"] as? String == "STOPPED", "\(stopped)")
      #expect(try stopped.object()["tasks_fatal"] as? Int == 0, "\(stopped)")
      try disk.empty()
      let resumed = try sandbox.run("workflow_resume", "-w", "1", "-o", "json")
      #expect(resumed.status == 0, "\(resumed)")
      #expect(try resumed.object()["retries"] as? Int == 0, "\(resumed)")
    }

    /// A command that fails by itself while the disk has free space is an ordinary failure.
    @Test func aFailureWithFreeLogSpaceUsesAnAttempt() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 1)
      sandbox.environment["JOBMON__LOGS__DIRECTORY"] = "\(disk.path)/logs"
      let file = try sandbox.write(
        "workflow.yaml",
        "tool: t\ndefault_max_attempts: 2\ntask_templates: {a: {command_template: 'exit 3'}}\ntasks: [{template: a}]\n"
      )
      let ended = try sandbox.run("run", file, "-o", "json")
      #expect(try ended.object()["retries"] as? Int == 1, "\(ended)")
      #expect(!ended.stderr.contains("full"), "\(ended)")
      #expect(try sandbox.shell("find disk -name '.jobmon*'").isEmpty)
    }

    @Test func aReadOnlyDatabaseCanOnlyBeRead() throws {
      let sandbox = try Sandbox()
      let disk = try sandbox.mountDisk(megabytes: 4)
      sandbox.environment["JOBMON_DATABASE"] = "\(disk.path)/jobmon.db"
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a"), .init("b", "fail", "1")]), in: sandbox)
      #expect(try trial.start(resume: false).wait().status == 1)
      let lines = try sandbox.ledger().lines.count
      try disk.remount("ro")
      let refused = try trial.start(resume: true, ["-o", "json"]).wait()
      #expect(refused.status == 1, "\(refused)")
      let error = try #require(try refused.object()["error"] as? [String: Any])
      #expect(error["code"] as? String == "store_unavailable")
      #expect((error["message"] as? String ?? "").contains("jobmon.db"))
      #expect(try sandbox.ledger().lines.count == lines, "something ran")
      // Reading is still possible.
      let rows = try sandbox.rows("workflow_status", "-l", "0")
      #expect(rows.first?["wf_status"] as? String == "FAILED")
      try disk.remount("rw")
      #expect(try trial.start().wait().status == 1)
    }

    @Test func aRemovedLogFolderIsCreatedAgain() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        task_templates:
          wait: {command_template: "touch $OUT/started; while ! test -e gate; do sleep 0.02; done; echo over"}
          after: {command_template: "echo {n}", node_args: [n]}
          quiet: {command_template: "true {n}", node_args: [n]}
        tasks:
          - template: wait
          - {template: after, for_each: {n: {range: [1, 20]}}, name: "after{n}", upstream: [{template: wait}]}
          - {template: quiet, for_each: {n: {range: [1, 20]}}, name: "quiet{n}", upstream: [{template: wait}]}
        """)
      let run = try sandbox.jobmon("run", file)
      // Wait until its files have their names.
      try eventually("the gate: \(run.stderr)") {
        run.hasEnded
          || sandbox.exists("out/started")
            && (try? sandbox.shell("find logs -name 'wait.o*' | grep -q .")) != nil
      }
      try FileManager.default.removeItem(atPath: sandbox.path("logs"))
      try sandbox.open(gate: "gate")
      let ended = try run.wait()
      #expect(ended.status == 0, "\(ended)")
      #expect(try sandbox.shell("find logs -type f -name 'after*.o*' | wc -l") == "20\n")
      #expect(try sandbox.shell("cat $(find logs -name 'after7.o*')") == "7\n")
      #expect(try sandbox.shell("find logs -name '*.e*' -o -name 'quiet*'") == "")
    }
  }
}
