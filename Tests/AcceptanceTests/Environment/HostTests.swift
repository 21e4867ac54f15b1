import Foundation
import Testing

extension Acceptance {
  /// Other influences of the machine on a run.
  struct HostTests {
    @Test func aRunSurvivesADatabaseLockOf30Seconds() throws {
      let sandbox = try Sandbox()
      let trial = try LedgerTrial.gated(sandbox, after: 10)
      let run = try trial.startToGate()
      let lock = try sandbox.start([
        "sqlite3", "-cmd", ".timeout 10000", sandbox.path("jobmon.db"), "BEGIN EXCLUSIVE",
        ".shell touch locked; sleep 30",
        "COMMIT",
      ])
      try eventually("the lock: \(lock.stderr)") { sandbox.exists("locked") }
      try sandbox.open(gate: "gate")
      #expect(try lock.wait(60).status == 0)
      let ended = try run.wait(90)
      #expect(ended.status == 0, "\(ended)")
      try trial.checkLaws("a locked store")
      try trial.expectAllDone()
    }

    @Test func tenThousandTasksRunWith256Descriptors() throws {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "many.yaml",
        """
        tool: acceptance
        name: many
        workflow_args: many
        task_templates:
          no_op:
            command_template: "true {n}"
            node_args: [n]
        tasks:
          - template: no_op
            for_each: {n: {range: [1, 10000]}}
        """)
      let run = try sandbox.start([
        "/bin/sh", "-c", "ulimit -n 256; exec \"$0\" run \"$1\" -o json", "\(Sandbox.programs)/jobmon", file,
      ])
      let ended = try run.wait(300)
      #expect(ended.status == 0, "\(ended.stderr.suffix(2000))")
      #expect(try ended.object()["tasks_done"] as? Int == 10000)
      #expect(try ended.object()["retries"] as? Int == 0)
    }

    /// The wall clock of the driver jumps one day ahead, then two days back, while tasks run and fail.
    @Test func aRunSurvivesClockJumps() throws {
      let sandbox = try Sandbox()
      let gate = (1...3).map { sandbox.path("gate\($0)") }
      let trial = try LedgerTrial(
        LedgerWorkflow(steps: [
          .init("one", "gate", gate[0]), .init("flaky", "flaky", "1", after: ["one"]),
          .init("two", "gate", gate[1], after: ["flaky"]), .init("again", "flaky", "1", after: ["two"]),
          .init("three", "gate", gate[2], after: ["again"]),
          .init("last", "grandchild", "3", after: ["three"]),
        ]), in: sandbox)
      let library = try sandbox.shell("ls /usr/lib/*/faketime/libfaketimeMT.so.1 | head -n 1")
        .trimmingCharacters(in: .whitespacesAndNewlines)
      try sandbox.requirePreloading()
      try sandbox.write("offset", "+0")
      let run = try trial.start(
        resume: false, ["-o", "json"],
        environment: [
          "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": sandbox.path("offset"), "FAKETIME_NO_CACHE": "1",
          "DONT_FAKE_MONOTONIC": "1", "JOBMON__HEARTBEAT__INTERVAL": "0.2",
        ])
      for (step, jump) in [("one", "+1d"), ("two", "-1d"), ("three", "+0")] {
        try eventually("\(step) running: \(run.stderr)") {
          sandbox.read("ledger").contains("start \(step) ") || run.hasEnded
        }
        try sandbox.write("offset", jump)
        try sandbox.open(gate: "gate\(["one": 1, "two": 2, "three": 3][step]!)")
      }
      let ended = try run.wait(30)
      #expect(ended.status == 0, "\(ended)")
      let elapsed = try #require(try ended.object()["elapsed_seconds"] as? Double)
      #expect((0..<30).contains(elapsed), "elapsed_seconds was measured with the wall clock: \(elapsed)")
      try trial.checkLaws("a clock that jumps")
      try trial.expectAllDone()
    }
  }
}
