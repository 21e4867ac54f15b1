import Foundation
import Testing

extension Acceptance.OnSlurm {
  /// Faults of a Slurm cluster, of the driver and of the plugin: no task is lost, and none runs twice at once.
  struct SlurmFaultTests {
    /// Tasks that wait for `gate`, and one after each.
    private static func gated(_ sandbox: Sandbox, _ count: Int) throws -> LedgerTrial {
      let first = (0..<count).map { LedgerWorkflow.Step("wait\($0)", "gate", sandbox.path("gate")) }
      let second = (0..<count).map { LedgerWorkflow.Step("after\($0)", after: ["wait\($0)"]) }
      return try LedgerTrial(LedgerWorkflow(steps: first + second), in: sandbox)
    }

    private func finish(_ trial: LedgerTrial, _ run: Child, _ context: String, seconds: Double = 120) throws {
      let finished = try run.wait(seconds)
      #expect(finished.status == 0, "\(context): \(finished)")
      try trial.checkLaws(context)
      try trial.expectAllDone(context)
    }

    /// Case 30: the driver and its plugin die while jobs are submitted; a hot resume adopts the jobs.
    @Test func aHotResumeAdoptsRunningJobs() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try Self.gated(sandbox, 24)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 24 }
      first.signal(SIGKILL)
      sandbox.killAll("jobmon-slurm")
      _ = try first.wait()
      let second = try trial.start(["-c", "slurm"])
      try eventually("the second run has adopted them") { try trial.tasks("RUNNING").count == 24 }
      try sandbox.open(gate: "gate")
      try finish(trial, second, "hot resume")
      #expect(try sandbox.starts() == 48)
    }

    /// Case 31: a cold resume ends running jobs, and waits for their end before it starts anything.
    @Test func aColdResumeCancelsRunningJobsFirst() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try Self.gated(sandbox, 12)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 12 }
      first.signal(SIGKILL)
      sandbox.killAll("jobmon-slurm")
      _ = try first.wait()
      let id = try #require(try trial.workflowID())
      let second = try sandbox.jobmon(
        "workflow_resume", "-w", "\(id)", "-c", "slurm", "--reset-running-jobs", "--no-progress")
      try eventually("all run again", within: 60) { try sandbox.starts() == 24 || second.hasEnded }
      try sandbox.open(gate: "gate")
      try finish(trial, second, "cold resume")
    }

    /// Case 30: killed repeatedly while tasks start.
    @Test func aRepeatedlyKilledPluginLosesNothing() throws {
      for round in 0..<max(1, TestScale.rounds / 6) {
        let sandbox = try SlurmLab.shared.get().sandbox()
        let trial = try LedgerTrial(.wide(10), in: sandbox)
        let run = try trial.start(resume: false, ["-c", "slurm"])
        var kills = 0
        while !run.hasEnded, kills < 6 {
          let before = try sandbox.starts()
          try eventually("more runs", within: 60) { try run.hasEnded || sandbox.starts() > before + 2 }
          kills += sandbox.killAll("jobmon-slurm")
        }
        try finish(trial, run, "round \(round)")
        #expect(kills >= 2)
      }
    }

    /// Case 30: killed at the named points around every call, one visit after the other.
    @Test func aPluginKilledAtAnyCallLosesNothing() throws {
      let stride = TestScale.isSoak ? 1 : 7
      var killed = 0
      for visit in sequence(first: Int.random(in: 1...stride), next: { $0 + stride }) {
        let sandbox = try SlurmLab.shared.get().sandbox()
        let trial = try LedgerTrial(.small, in: sandbox)
        let run = try trial.start(
          resume: false, ["-c", "slurm"],
          environment: ["JOBMON_KILL_AT": "slurm.*:\(visit)", "JOBMON_KILL_ONCE": sandbox.path("killed")])
        try finish(trial, run, "visit \(visit)")
        if !sandbox.exists("killed") { break }
        killed += 1
      }
      #expect(killed >= 3, "the kill points were not reached")
    }

    /// The driver and the plugin together, at random times.
    @Test func aDriverAndItsPluginKilledTogetherLoseNothing() throws {
      for round in 0..<max(2, TestScale.rounds / 4) {
        let sandbox = try SlurmLab.shared.get().sandbox()
        let trial = try LedgerTrial(.wide(8), in: sandbox)
        for attempt in 0..<2 {
          let run = try trial.start(resume: attempt > 0, ["-c", "slurm"])
          let target = try sandbox.starts() + Int.random(in: 1...10)
          try eventually("some run", within: 60) { try run.hasEnded || sandbox.starts() >= target }
          run.signal(SIGKILL)
          sandbox.killAll("jobmon-slurm")
          _ = try run.wait()
          try trial.recordStore()
        }
        try finish(trial, try trial.start(["-c", "slurm"]), "round \(round)")
      }
    }

    /// Two drivers on two workflows of one database and one scratch folder.
    @Test func twoDriversShareTheScratchFolder() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      try sandbox.write("w.yaml", SlurmTests.file([("a", "sleep 0.5", "")]))
      let runs = try ["1", "2"].map {
        try sandbox.jobmon("run", "w.yaml", "-c", "slurm", "--no-progress", "--workflow-args", $0)
      }
      for run in runs {
        let finished = try run.wait(60)
        #expect(finished.status == 0, "\(finished)")
      }
    }

    /// Two drivers on one workflow: the second is refused, and nothing runs twice.
    @Test func aSecondDriverIsRefused() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try Self.gated(sandbox, 4)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 4 }
      let second = try sandbox.run("run", sandbox.path("workflow.json"), "-c", "slurm", "--no-progress")
      #expect(second.status == 3, "\(second)")
      try sandbox.open(gate: "gate")
      try finish(trial, first, "two drivers")
      #expect(try sandbox.starts() == 8)
    }

    /// Case 32: SIGTERM leaves the jobs with `--on-interrupt leave`. The next run adopts them.
    @Test func anInterruptLeavesTheJobsIfRequested() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try Self.gated(sandbox, 4)
      let first = try trial.start(resume: false, ["-c", "slurm", "--on-interrupt", "leave"])
      try eventually("all run") { try sandbox.starts() == 4 }
      first.signal(SIGTERM)
      let left = try first.wait()
      #expect(left.status == 130, "\(left)")
      let second = try trial.start(["-c", "slurm"])
      try eventually("they are adopted") { try trial.tasks("RUNNING").count == 4 }
      try sandbox.open(gate: "gate")
      try finish(trial, second, "after SIGTERM")
      #expect(try sandbox.starts() == 8)
    }

    /// The scratch folder is full: nothing is submitted that could not run, and the run continues when there is space.
    @Test func aFullScratchFolderDelaysSubmissions() throws {
      let outer = try SlurmLab.shared.get().sandbox()
      let disk = try outer.mountDisk(megabytes: 24)
      chmod(disk.path, 0o777)
      let sandbox = try SlurmLab.shared.get().sandbox(["scratch": disk.path])
      // The worker is copied before the disk is full.
      try sandbox.write("w.yaml", SlurmTests.file([("a", "true", "")]))
      #expect(try sandbox.run("run", "w.yaml", "-c", "slurm", "--no-progress").status == 0)
      try disk.fill()
      let trial = try LedgerTrial(.wide(4), in: sandbox)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("the user is told") { (run.stdout + run.stderr).contains("cannot") }
      #expect(try sandbox.starts() == 0)
      try disk.empty()
      try finish(trial, run, "full scratch folder")
    }

    // MARK: Tests with their own lab

    /// Cases 2 and 15: the controller stops during a run and returns.
    @Test func aStoppedControllerDelaysTheRun() throws {
      let lab = try SlurmLab(settings: ["MessageTimeout=2"])
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 8)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 8 }
      try lab.stop("slurmctld")
      if TestScale.isSoak { sleep(120) }
      try sandbox.open(gate: "gate")
      // The ends are known although the controller does not answer.
      try eventually("the reports are read", within: 30) {
        try sandbox.shell(
          "sqlite3 '\(sandbox.environment["JOBMON_DATABASE"]!)' \"SELECT count(*) FROM task WHERE status = 'D'\""
        ) == "8\n"
      }
      try eventually("the user is told", within: 60) {
        run.stderr.contains("not available") || run.stdout.contains("not available")
          || run.stderr.contains("trying again") || run.stdout.contains("trying again")
      }
      try lab.startController(in: sandbox)
      try finish(trial, run, "controller away")
      #expect(try sandbox.starts() == 16)
    }

    /// Case 1: the controller receives submissions without answering, and accepts them later.
    @Test func submissionsToAFrozenControllerRunOnce() throws {
      let lab = try SlurmLab(settings: ["MessageTimeout=2"])
      let sandbox = try lab.sandbox()
      // Make sure that the plugin has been used before the controller freezes.
      try sandbox.write(
        "warm.yaml", SlurmTests.file([("a", "true", "")]))
      #expect(try sandbox.run("run", "warm.yaml", "-c", "slurm", "--no-progress").status == 0)
      let gate = try Self.gated(sandbox, 3)
      let run = try gate.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 3 }
      try lab.signal("slurmctld", SIGSTOP)
      try sandbox.open(gate: "gate")
      try eventually("the submission was given up", within: 60) {
        (run.stdout + run.stderr).contains("checking the submission") || run.hasEnded
      }
      try lab.signal("slurmctld", SIGCONT)
      try finish(gate, run, "frozen controller")
      #expect(try sandbox.starts() == 6)
    }

    /// Case 24: a node is lost together with its running tasks, which run again on other nodes.
    @Test func tasksOfALostNodeRunAgain() throws {
      let lab = try SlurmLab(settings: ["SlurmdTimeout=3"])
      let sandbox = try lab.sandbox(["silence": "25s"])
      let trial = try Self.gated(sandbox, 8)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 8 }
      try lab.cutPower("n1", in: sandbox)
      try eventually("its tasks run again", within: 90) { try sandbox.starts() > 8 || run.hasEnded }
      try sandbox.open(gate: "gate")
      try finish(trial, run, "node lost")
    }

    /// Slurm marks a node as failed that continues: its tasks are not run again, and their results count.
    @Test func tasksOfALiveNodeMarkedAsFailedAreNotRerun() throws {
      let lab = try SlurmLab(settings: ["SlurmdTimeout=3"])
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 8)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 8 }
      try lab.signal("n1", SIGKILL)
      try eventually("Slurm has given up the node", within: 60) {
        try sandbox.shell("squeue -h -t NF -o %i; sinfo -h -n n1 -o %T").contains("down")
      }
      try lab.waitForQueries(4, in: sandbox)
      #expect(try sandbox.starts() == 8, "something was started again")
      try sandbox.open(gate: "gate")
      try finish(trial, run, "a live node marked as failed")
      #expect(try sandbox.starts() == 16)
    }

    /// A slurmd and the partition are down for a while: running tasks continue, pending tasks stay pending.
    @Test func aStoppedNodeDaemonAndPartitionDelayTheRun() throws {
      let lab = try SlurmLab(settings: ["SlurmdTimeout=60"])
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 4)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 4 }
      try sandbox.shell("scontrol update partition=all.q state=down")
      try lab.stop("n1")
      try sandbox.open(gate: "gate")
      try eventually("the next ones wait") { try !sandbox.shell("squeue -h -t PD -o %i").isEmpty }
      #expect(try sandbox.starts() == 4)
      try sandbox.shell("env -i SLURM_CONF='\(lab.configuration)' /usr/sbin/slurmd -N n1")
      try sandbox.shell("scontrol update partition=all.q state=up")
      try finish(trial, run, "daemon and partition away")
      #expect(try sandbox.starts() == 8)
    }

    /// Cases 3, 5 and 13: very small limits, and records that disappear at once.
    @Test func smallSlurmLimitsAreRespected() throws {
      let lab = try SlurmLab(settings: ["MaxArraySize=4", "MaxJobCount=9", "MinJobAge=2"])
      let sandbox = try lab.sandbox()
      let trial = try LedgerTrial(.wide(8), in: sandbox)
      try finish(trial, try trial.start(resume: false, ["-c", "slurm"]), "tiny limits", seconds: 180)
    }

    /// Cases 13 and 16: accounting is asked about jobs that the controller has forgotten and that left no report.
    @Test func accountingIsQueriedAboutForgottenJobs() throws {
      let lab = try SlurmLab(settings: ["MinJobAge=2"], hasAccounting: true)
      let sandbox = try lab.sandbox(["lost_after": "120s"])
      let trial = try Self.gated(sandbox, 3)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 3 }
      first.signal(SIGKILL)
      sandbox.killAll("jobmon-slurm")
      _ = try first.wait()
      try sandbox.shell("scancel -u root")
      try eventually("Slurm has forgotten them", within: 60) {
        try sandbox.shell("squeue -h -t all -o %i").isEmpty
      }
      let second = try trial.start(["-c", "slurm", "-o", "json"]).wait(90)
      #expect(second.status == 1, "\(second)")
      let failed = try #require(try second.object()["failed_tasks"] as? [[String: Any]])
      #expect(failed.filter { $0["cause"] as? String == "cancelled" }.count == 3, "\(failed)")
      #expect(try sandbox.starts() == 3)

      // The runtime of a killed worker is known only from accounting.
      let command =
        "if [ -e killed ]; then sleep 20; else touch killed; sleep 2; kill -KILL $PPID; sleep 100; fi"
      try sandbox.write("killed.yaml", SlurmTests.file([("killed", command, "")]))
      let run = try sandbox.jobmon(
        "run", "killed.yaml", "-c", "slurm", "--no-progress", "--max-attempts", "2")
      #expect(try run.wait(120).status == 0)
      let walls = try sandbox.shell(
        "sqlite3 '\(sandbox.environment["JOBMON_DATABASE"]!)' \"SELECT wall >= 2 FROM instance WHERE workflow_id = 2 ORDER BY id\""
      )
      #expect(walls == "1\n1\n", "\(walls)")
    }

    /// Case 4: above an account's limit on jobs, tasks are submitted later.
    @Test func anAccountLimitDelaysSubmissions() throws {
      let lab = try SlurmLab(
        settings: ["AccountingStorageEnforce=limits", "MinJobAge=2"], hasAccounting: true)
      let sandbox = try lab.sandbox(["account": "lab"])
      try sandbox.shell(
        """
        sacctmgr -i add account lab >/dev/null && sacctmgr -i add user root account=lab >/dev/null
        sacctmgr -i modify account lab set GrpSubmitJobs=4 >/dev/null
        """)
      try eventually("the controller knows the limit", within: 30) {
        try sandbox.shell("scontrol show assoc_mgr").contains("GrpSubmitJobs=4")
      }
      let trial = try LedgerTrial(.wide(8), in: sandbox)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try finish(trial, run, "a limit on jobs", seconds: 180)
      #expect(run.stderr.contains("Slurm accepts no more jobs from this user at present"), "\(run.stderr)")
    }

    /// Case 30, if Slurm has forgotten the jobs: their reports are used.
    @Test func forgottenJobsAreAdoptedByTheirReports() throws {
      let lab = try SlurmLab(settings: ["MinJobAge=2"])
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 8)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 8 }
      first.signal(SIGKILL)
      sandbox.killAll("jobmon-slurm")
      _ = try first.wait()
      try sandbox.open(gate: "gate")
      try eventually("Slurm has forgotten them", within: 60) {
        try sandbox.shell("squeue -h -t all -o %i").isEmpty
      }
      try finish(trial, try trial.start(["-c", "slurm"]), "forgotten jobs")
      #expect(try sandbox.starts() == 16)
    }
  }
}
