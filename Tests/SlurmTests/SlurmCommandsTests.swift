import Foundation
import Testing

@testable import SlurmPlugin

@Suite("Slurm's commands")
struct SlurmCommandsTests {
  @Test(
    "durations",
    arguments: [
      ("UNLIMITED", nil), ("00:05:00", 300), ("5:00", 300), ("1-00:00:00", 86_400), ("2-03:04:05", 183_845),
      ("00:01.250", 1.25), ("", nil),
    ] as [(String, Double?)]
  )
  func durations(text: String, seconds: Double?) { #expect(SlurmText.seconds(text) == seconds) }

  @Test("lists of array indices")
  func indices() {
    #expect(SlurmText.indices("7") == [7])
    #expect(SlurmText.indices("1-3,7,10-20:5%4") == [1, 2, 3, 7, 10, 15, 20])
    #expect(SlurmText.indices("1-3,...") == nil)
    #expect(SlurmText.indices("") == nil)
  }

  @Test("records of scontrol, with spaces in their values")
  func records() {
    let records = SlurmText.records(
      """
      NodeName=n1 Arch=x86_64 CPUTot=8 OS=Linux 6.1.0 #1 SMP Debian Reason=down for work [root@now] Partitions=all.q,b
      PartitionName=b Default=NO MaxTime=1-00:00:00

      """)
    #expect(records.count == 2)
    #expect(records[0]["OS"] == "Linux 6.1.0 #1 SMP Debian" && records[0]["CPUTot"] == "8")
    #expect(records[0]["Reason"] == "down for work [root@now]" && records[0]["Partitions"] == "all.q,b")
    #expect(records[1]["MaxTime"] == "1-00:00:00")
  }

  @Test("the configuration")
  func configuration() {
    let limits = SlurmLimits(
      configuration: """
        Configuration data as of 2026-11-29T17:00:00
        AccountingStorageType   = accounting_storage/slurmdbd
        ClusterName             = lab
        KillWait                = 5 sec
        MaxArraySize            = 10001
        MessageTimeout          = 10 sec
        MinJobAge               = 300 sec
        SchedulerParameters     = sched_interval=1,max_array_tasks=50,bf_interval=1
        SLURM_VERSION           = 24.11.5
        """)
    #expect(limits.cluster == "lab" && limits.version == "24.11.5" && limits.hasAccounting)
    #expect(limits.killWait == 5 && limits.maxArraySize == 10_001 && limits.maxArrayTasks == 50)
    #expect(limits.messageTimeout == 10 && limits.minJobAge == 300)
  }

  @Test("all states are read back from their words", arguments: SlurmState.Base.allCases)
  func states(base: SlurmState.Base) {
    let state = SlurmState(raw: base.rawValue)
    #expect(SlurmState(words: state.words) == state)
  }

  @Test("words for flags tell whether a job is alive; an unknown word counts as alive")
  func flags() {
    for word in ["COMPLETING", "CONFIGURING", "REQUEUED", "SPECIAL_EXIT", "STOPPED", "WHATEVER"] {
      #expect(SlurmState(words: word).isAlive, "\(word)")
    }
    for word in ["REVOKED", "LAUNCH_FAILED", "CANCELLED by 1000"] {
      #expect(!SlurmState(words: word).isAlive, "\(word)")
    }
  }

  @Test(
    "refusals are classified by their sentences",
    arguments: [
      ("sbatch: error: Batch job submission failed: Invalid partition name specified", .permanent),
      (
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)",
        .temporary
      ),
      ("sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying.", .full),
      ("sbatch: error: Job creation temporarily disabled, retrying", .temporary),
      (
        "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
        .limit
      ),
      ("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", .unknown),
    ] as [(String, SlurmError.Meaning)])
  func refusals(errors: String, meaning: SlurmError.Meaning) {
    let error = SlurmError(refusal: errors)
    #expect(error.meaning == meaning)
    #expect(!error.description.contains("sbatch:"), "\(error)")
  }

  @Test("rows of sacct: the job, then its steps")
  func accounting() throws {
    let jobs = SacctRow.jobs(
      """
      12_3|a.token|COMPLETED|0:0|1700000000|1700000010|10|00:02.500||n1
      12_3.batch|batch|COMPLETED|0:0|1700000000|1700000010|10|00:02.500|2048K|n1
      12_3.0|srun|COMPLETED|0:0|1700000000|1700000010|10|00:02.000|1G|n1
      12_4|a.token|FAILED|7:0|1700000000|1700000001|1|00:00:00||n2
      13_[5-6%2]|b.other|PENDING|0:0|Unknown|Unknown|0|00:00:00||None assigned
      """)
    #expect(jobs.count == 3)
    guard case .one(3) = jobs[0].tasks, case .one(4) = jobs[1].tasks, case .pending([5, 6]) = jobs[2].tasks
    else {
      Issue.record("\(jobs)")
      return
    }
    #expect(jobs[0].usage?.peakMemory == 1 << 30 && jobs[0].usage?.cpu == 2.5 && jobs[0].usage?.wall == 10)
    #expect(jobs[1].exitStatus == 7 << 8 && jobs[1].array == 12)
    #expect(jobs[2].usage == nil)
  }

  @Test("exit codes of squeue, in the form of 22.05 and of 24.11")
  func exitCodes() {
    #expect(SqueueRow.exitStatus("256") == 256 && SqueueRow.exitStatus("9") == 9)
    #expect(SqueueRow.exitStatus("1:0") == 256 && SqueueRow.exitStatus("0:9") == 9)
    #expect(SqueueRow.exitStatus("") == 0)
  }

  @Test("a submission as words of sbatch")
  func submission() {
    let submission = SlurmSubmission(
      name: "t.token", comment: "c d", script: "#!/bin/sh\n", directory: "/w", output: "/s/100%/log",
      array: "0-3",
      environment: [], partition: "b", account: nil, constraints: nil, cores: 2, memory: 50, minutes: 5,
      warning: 60,
      requeue: false,
      attributes: ["exclusive": "true", "qos": "high", "deadline": "1700000000", "comment": "c d"])
    let words = SlurmCommands.arguments(of: submission)
    for word in [
      "--parsable", "--job-name=t.token", "--comment=c d", "--output=/s/100%%/log", "--array=0-3",
      "--partition=b",
      "--cpus-per-task=2", "--mem=50M", "--time=5", "--signal=B:USR2@60", "--no-requeue", "--exclusive",
      "--qos=high",
    ] { #expect(words.contains(word), "\(word) in \(words)") }
    #expect(
      words.contains { $0.wholeMatch(of: /--deadline=2023-11-1[45]T\d\d:\d\d:\d\d/) != nil }, "\(words)")
    #expect(words.count { $0.hasPrefix("--comment") } == 1)
  }
}
