import Foundation
import Testing

extension Acceptance.OnSlurm {
  /// Rules and properties of a site: jobs are rewritten, rejected, preempted and requeued; nodes have different clocks;
  /// there are many jobs.
  struct SlurmSiteTests {
    private static func gated(_ sandbox: Sandbox, _ count: Int) throws -> LedgerTrial {
      try LedgerTrial(
        LedgerWorkflow(
          steps: (0..<count).map { LedgerWorkflow.Step("wait\($0)", "gate", sandbox.path("gate")) }),
        in: sandbox)
    }

    private func finish(_ trial: LedgerTrial, _ run: Child, _ context: String, mayRestart: Bool = false)
      throws
    {
      let finished = try run.wait(180)
      #expect(finished.status == 0, "\(context): \(finished)")
      try trial.checkLaws(context, mayRestart: mayRestart)
      try trial.expectAllDone(context)
    }

    /// Case 8: a plugin of the site moves jobs to another partition with a message, and rejects some with a reason.
    @Test func aSubmitPluginCanMoveAndRejectJobs() throws {
      let home = try Sandbox()
      let script = try home.write(
        "job_submit.lua",
        """
        function slurm_job_submit(job, parts, uid)
          if job.comment ~= nil and string.find(job.comment, "forbidden") then
            slurm.log_user("this site forbids it: ask the desk")
            return slurm.ERROR
          end
          job.partition = "short.q"
          slurm.log_user("moved to short.q")
          return slurm.SUCCESS
        end
        function slurm_job_modify(job, record, parts, uid) return slurm.SUCCESS end
        return slurm.SUCCESS
        """)
      let lab = try SlurmLab(settings: [], submitScript: script)
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 3)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 3 }
      #expect(try sandbox.shell("squeue -h -t R -o %P | sort -u") == "short.q\n")
      try sandbox.open(gate: "gate")
      try finish(trial, run, "moved")
      #expect(run.stderr.contains("moved to short.q"), "\(run.stderr)")

      try sandbox.write("f.yaml", SlurmTests.file([("forbidden", "true", "")]))
      let refused = try sandbox.run("run", "f.yaml", "-c", "slurm", "--no-progress", "-o", "json")
      #expect(refused.status == 1, "\(refused)")
      #expect(refused.stdout.contains("this site forbids it: ask the desk"), "\(refused)")
    }

    /// A site hides nodes and partitions from its users, and accepts no arrays. An ordinary user can work there all the
    /// same, by the library and by commands.
    @Test(arguments: ["library", "commands"])
    func aSiteMayHideItsNodesAndAcceptNoArrays(access: String) throws {
      let lab = try SlurmLab(settings: ["PrivateData=nodes,partitions", "MaxArraySize=0"])
      let sandbox = try lab.sandbox(["access": access])
      try sandbox.write(
        "w.yaml",
        SlurmTests.file([
          ("a", "id -u", ""), ("b", "exit 3", ""), ("c", "echo $JOBMON_TASK_NAME $SLURM_ARRAY_JOB_ID", ""),
        ]))
      try sandbox.giveToUser()
      let ended = try sandbox.jobmonAsUser(
        "run", sandbox.path("w.yaml"), "-c", "slurm", "--no-progress", "-o", "json"
      ).wait(60)
      #expect(ended.status == 1, "\(ended)")
      let result = try ended.object()
      #expect(result["tasks_done"] as? Int == 2 && result["tasks_fatal"] as? Int == 1, "\(result)")
      let failed = try #require((result["failed_tasks"] as? [[String: Any]])?.first)
      #expect(failed["name"] as? String == "b" && failed["exit_code"] as? Int == 3, "\(failed)")
      let log = try sandbox.jobmonAsUser("logs", "-t", "a").wait()
      #expect(log.stdout.contains("\(Sandbox.user)"), "\(log)")
      let named = try sandbox.jobmonAsUser("logs", "-t", "c").wait()
      #expect(named.stdout.hasSuffix("c\n"), "\(named)")
    }

    /// A partition that accepts no jobs for a while delays the run. A notice shows Slurm's reason.
    @Test func anInactivePartitionDelaysTheRun() throws {
      let lab = try SlurmLab(settings: [])
      let sandbox = try lab.sandbox()
      try sandbox.shell("scontrol update partition=all.q state=inactive")
      let trial = try LedgerTrial(.wide(3), in: sandbox)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("the reason is shown: \(run.stderr)") {
        run.hasEnded || run.stderr.contains("Required partition not available")
      }
      try sandbox.shell("scontrol update partition=all.q state=up")
      try finish(trial, run, "partition inactive")
    }

    /// Case 26: jobs of a partition with a higher priority preempt the tasks, which run again without using an attempt.
    @Test func preemptedTasksRunAgain() throws {
      let lab = try SlurmLab(settings: [
        "PreemptType=preempt/partition_prio", "PreemptMode=CANCEL",
        "PartitionName=all.q Nodes=n[1-4] Default=YES MaxTime=INFINITE State=UP PriorityTier=1",
        "PartitionName=urgent.q Nodes=n[1-4] MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF",
      ])
      let sandbox = try lab.sandbox()
      let trial = try Self.gated(sandbox, 32)
      let run = try trial.start(resume: false, ["-c", "slurm", "--max-attempts", "1"])
      try eventually("all run") { try sandbox.starts() == 32 }
      try sandbox.shell("sbatch -p urgent.q -w n1 --exclusive -o /dev/null --wrap 'sleep 1' >/dev/null")
      try eventually("the preempted tasks run again", within: 90) {
        try sandbox.starts() > 32 || run.hasEnded
      }
      try sandbox.open(gate: "gate")
      try finish(trial, run, "preempted")
      let history = try sandbox.run("history", "-w", "1", "-n")
      #expect(history.stdout.contains("\"preempted\""), "\(history)")
    }

    /// Case 25: Slurm requeues a job only if the option allows it. The first start then does not count, and the second
    /// start is the task's.
    @Test(arguments: [false, true]) func jobsAreRequeuedOnlyIfTheOptionAllowsIt(requeue: Bool) throws {
      let sandbox = try SlurmLab.shared.get().sandbox(["requeue": requeue])
      let trial = try Self.gated(sandbox, 2)
      let run = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("all run") { try sandbox.starts() == 2 }
      let said = try sandbox.shell(
        "job=$(squeue -h -r -t R -o %i -n $(squeue -h -t R -o %j | head -1) | head -1); scontrol requeue $job 2>&1; true"
      )
      if requeue {
        #expect(said.isEmpty, "\(said)")
        try eventually("it was started again", within: 90) { try sandbox.starts() == 3 || run.hasEnded }
      } else {
        #expect(said.contains("disabled"), "\(said)")
      }
      try sandbox.open(gate: "gate")
      try finish(trial, run, "requeue: \(requeue)", mayRestart: requeue)
      #expect(try sandbox.starts() == (requeue ? 3 : 2))
    }

    /// Case 20: the nodes' clocks differ by hours from the driver's; no worker counts as dead, and times are in order.
    @Test(arguments: TestScale.isSoak ? ["+3h", "-3h"] : ["+3h"]) func clocksOfNodesMayDiffer(skew: String)
      throws
    {
      let lab = try SlurmLab(settings: ["SlurmdTimeout=3"])
      let sandbox = try lab.sandbox()
      let library = try sandbox.shell("ls /usr/lib/*/faketime/libfaketime.so.1").dropLast()
      let registry = try sandbox.write(
        "skewed.json",
        """
        {"plugins": {"slurm": {"command": ["env", "LD_PRELOAD=\(library)", "FAKETIME=\(skew)",
          "DONT_FAKE_MONOTONIC=1", "\(Sandbox.programs)/jobmon-slurm"]}}}
        """)
      chmod(registry, 0o600)
      let trial = try Self.gated(sandbox, 8)
      let run = try trial.start(resume: false, ["-c", "slurm", "--plugins", registry])
      try eventually("all run") { try sandbox.starts() == 8 }
      // The plugin uses the age of a claim to decide whether a worker on a failed node is dead.
      try lab.signal("n1", SIGKILL)
      try eventually("Slurm has given up the node", within: 60) {
        try sandbox.shell("sinfo -h -n n1 -o %T").contains("down")
      }
      try lab.waitForQueries(4, in: sandbox)
      #expect(try sandbox.starts() == 8, "something was started again")
      try sandbox.open(gate: "gate")
      try finish(trial, run, "clocks \(skew)")
      #expect(try sandbox.starts() == 8)
      let late = try sandbox.shell(
        """
        sqlite3 '\(sandbox.environment["JOBMON_DATABASE"]!)' \
          'SELECT count(*) FROM instance WHERE ended < started OR wall < 0'
        """)
      #expect(late == "0\n")
    }

    /// 500 jobs are submitted when the driver and the plugin are killed; a hot resume adopts them, a cold one ends them
    /// first.
    @Test(arguments: [false, true]) func aResumeAdoptsOrCancelsFiveHundredJobs(isCold: Bool) throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try Self.gated(sandbox, 500)
      let first = try trial.start(resume: false, ["-c", "slurm"])
      try eventually("the nodes are full, the others in the queue") {
        try sandbox.starts() == 32 && sandbox.shell("squeue -h -r -t PD -o %i | wc -l") == "468\n"
      }
      first.signal(SIGKILL)
      sandbox.killAll("jobmon-slurm")
      _ = try first.wait()
      let second = try trial.start(["-c", "slurm"] + (isCold ? ["--reset-running-jobs"] : []))
      if isCold {
        try eventually("all were ended, and run again", within: 240) {
          try sandbox.starts() == 64 || second.hasEnded
        }
      } else {
        try eventually("they are adopted") { try trial.tasks("RUNNING").count == 32 }
      }
      try sandbox.open(gate: "gate")
      try finish(trial, second, isCold ? "cold" : "hot")
      #expect(try sandbox.starts() == (isCold ? 532 : 500))
    }
  }
}
