import Foundation
import Testing

extension Acceptance {
  /// SIGKILL at the named points around every commit and every call of the executor, one visit after the other.
  struct KillPointTests {
    /// The processes that are killed at a point of the driver.
    enum Victims: String, CaseIterable {
      case driver
      /// The driver and the worker together, so that no process ends the commands.
      case driverAndWorker

      func killAt(_ point: String) -> [String: String] {
        self == .driver
          ? ["JOBMON_KILL_AT": point] : ["JOBMON_KILL_AT": point, "JOBMON_KILL_WITH": "children"]
      }
    }

    /// The visits to try: all of them in a soak test, otherwise every `stride`th from a random start.
    private func visits(stride: Int) -> some Sequence<Int> {
      let stride = TestScale.isSoak ? 1 : stride
      return sequence(first: Int.random(in: 1...stride)) { $0 + stride }
    }

    @Test(arguments: Victims.allCases)
    func killsDuringTheFirstRunLoseNothing(victims: Victims) throws {
      var killed = 0
      for visit in visits(stride: 4) {
        let trial = try LedgerTrial(.small)
        let first = try trial.start(resume: false, environment: victims.killAt("*:\(visit)")).wait()
        try trial.recordStore()
        if first.status == 0 { break }
        #expect(first.status == -SIGKILL, "visit \(visit): \(first)")
        killed += 1
        try trial.finishAndCheckLaws("\(victims) killed at visit \(visit)")
      }
      #expect(killed >= 5, "the kill points were not reached")
    }

    @Test(arguments: Victims.allCases)
    func killsDuringRecoveryLoseNothing(victims: Victims) throws {
      var killed = 0
      for visit in visits(stride: 6) {
        let trial = try LedgerTrial(.small)
        try trial.crashInTheMiddle(victims)
        let second = try trial.start(environment: victims.killAt("*:\(visit)")).wait()
        try trial.recordStore()
        if second.status == 0 { break }
        #expect(second.status == -SIGKILL, "visit \(visit): \(second)")
        killed += 1
        try trial.finishAndCheckLaws("\(victims) killed in the middle, then at visit \(visit) of the resume")
      }
      #expect(killed >= 3, "the kill points were not reached")
    }

    @Test func twoKillsInARowLoseNothing() throws {
      for _ in 0..<(TestScale.isSoak ? TestScale.rounds : 4) {
        let visits = (0..<2).map { _ in Int.random(in: 1...30) }
        let trial = try LedgerTrial(.small)
        try trial.crashInTheMiddle(.driverAndWorker)
        for visit in visits {
          try trial.start(environment: Victims.driverAndWorker.killAt("*:\(visit)")).wait()
          try trial.recordStore()
        }
        try trial.finishAndCheckLaws("killed in the middle, then at visits \(visits) of two resumes")
      }
    }

    /// The changes of many tasks at once are committed in several transactions. A kill between any two loses nothing.
    @Test(arguments: ["real", "virtual"])
    func killsBetweenTransactionsOfACommitLoseNothing(time: String) throws {
      let count = 7_000
      var killed = 0
      for visit in visits(stride: 2) {
        let sandbox = try Sandbox()
        try sandbox.write(
          "w.yaml",
          """
          tool: cut
          name: cut
          workflow_args: one
          default_compute_resources: {any: {cores: 1}}
          task_templates:
            part: {command_template: "part {i}", node_args: [i]}
          tasks:
            - template: part
              for_each: {i: {range: [1, \(count)]}}
          """)
        try sandbox.write(
          "plugins.json",
          """
          {"clusters": {"sim": {"plugin": "dummy", "options": {"time": "\(time)", "runtime": 1}}}}
          """)
        let run = ["\(Sandbox.programs)/jobmon", "run", "w.yaml", "-c", "sim", "--plugins", "plugins.json"]
        let first = try sandbox.start(
          run + ["--quiet"], environment: ["JOBMON_KILL_AT": "driver.commit.between:\(visit)"]
        ).wait()
        if first.status == 0 { break }
        #expect(first.status == -SIGKILL, "visit \(visit): \(first)")
        killed += 1
        let resumed = try sandbox.start(run + ["--quiet", "--resume"]).wait()
        #expect(resumed.status == 0, "visit \(visit): \(resumed)")
        for ended in ["task WHERE status = 'D'", "instance WHERE status = 'DONE'"] {
          let counted = try sandbox.query("SELECT count(*) FROM \(ended)")
          #expect(counted == "\(count)\n", "visit \(visit): \(ended)")
        }
        let check = try sandbox.run("db_check")
        #expect(check.status == 0, "visit \(visit): \(check)")
      }
      #expect(killed > 0, "no commit was cut")
    }

    /// Kill points of the worker: the driver lives, notices it, and finishes the work by itself.
    @Test(arguments: ["worker.spawn.before", "worker.spawn.after", "worker.report.before"], [1, 4])
    func aKilledWorkerLosesNothing(point: String, visit: Int) throws {
      try killWorker(at: point, visit: visit, in: .small)
    }

    /// The same with commands so short that many wait in the worker, and its spawners start the next ones.
    @Test(arguments: [
      "worker.spawn.before", "worker.spawn.after", "worker.report.before", "worker.send.after",
    ])
    func aKilledWorkerWithShortCommandsLosesNothing(point: String) throws {
      try killWorker(at: point, visit: point.contains("send") ? 5 : 40, in: .short)
    }

    private func killWorker(at point: String, visit: Int, in workflow: LedgerWorkflow) throws {
      let trial = try LedgerTrial(workflow)
      let finished = try trial.start(resume: false, environment: ["JOBMON_KILL_AT": "\(point):\(visit)"])
        .wait()
      #expect(finished.status == 0, "\(finished)")
      #expect(try trial.instances("KILLED") > 0, "no worker reached \(point):\(visit)")
      try trial.checkLaws("\(point):\(visit)")
      try trial.expectAllDone()
    }

    /// The driver is dead, and the worker dies while it cleans up.
    @Test(arguments: ["worker.hangup.before", "worker.hangup.killed"])
    func aWorkerKilledDuringCleanupLosesNothing(point: String) throws {
      let trial = try LedgerTrial(.small)
      try trial.crashInTheMiddle(.driver, environment: ["JOBMON_KILL_AT": point])
      try trial.finishAndCheckLaws(point)
    }
  }
}

extension LedgerTrial {
  /// A first run that dies while two commands with descendants are running.
  func crashInTheMiddle(
    _ victims: Acceptance.KillPointTests.Victims, environment: [String: String] = [:]
  ) throws {
    let run = try start(resume: false, environment: environment)
    try eventually("a descendant that works: \(sandbox.read("ledger"))\(run.stderr)") {
      sandbox.read("ledger").contains("beat") || run.hasEnded
    }
    if victims == .driverAndWorker { sandbox.killAll("jobmon-worker") }
    run.signal(SIGKILL)
    try run.wait()
    try recordStore()
  }

  /// The number of instances of all tasks with this status.
  func instances(_ status: String) throws -> Int {
    let tasks = try sandbox.rows("workflow_tasks", "-w", "1", "-l", "0").compactMap { $0["task_id"] as? Int }
    return try tasks.reduce(0) { sum, task in
      try sum + sandbox.rows("task_status", "-t", String(task)).count { $0["status"] as? String == status }
    }
  }
}
