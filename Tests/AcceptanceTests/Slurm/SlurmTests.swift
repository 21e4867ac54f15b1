import Foundation
import Testing

extension Acceptance.OnSlurm {
  /// Runs on a real Slurm: results, causes, limits, and features that its users expect.
  struct SlurmTests {
    /// One task for each command, all on the cluster slurm, with one attempt each.
    static func file(_ commands: [(name: String, command: String, resources: String)]) -> String {
      let templates = commands.map { "\($0.name): {command_template: \(quoted($0.command))}" }
      let tasks = commands.map {
        "{template: \($0.name), name: \($0.name), compute_resources: {\($0.resources)}}"
      }
      return """
        tool: t
        name: w
        default_max_attempts: 1
        default_compute_resources: {any: {memory: 50M}}
        task_templates: {\(templates.joined(separator: ", "))}
        tasks: [\(tasks.joined(separator: ", "))]
        """
    }

    static func quoted(_ text: String) -> String {
      "'"
        + text.replacingOccurrences(of: "'", with: "''").replacingOccurrences(of: "{", with: "{{")
        .replacingOccurrences(of: "}", with: "}}") + "'"
    }

    private static func run(
      _ sandbox: Sandbox, _ commands: [(name: String, command: String, resources: String)], _ more: String...
    ) throws -> Child.Finished {
      let file = try sandbox.write("w.yaml", Self.file(commands))
      return try sandbox.start(
        ["\(Sandbox.programs)/jobmon", "run", file, "-c", "slurm", "--no-progress"] + more
      )
      .wait(120)
    }

    @Test func aWorkflowRuns() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let trial = try LedgerTrial(.small, in: sandbox)
      let finished = try trial.start(resume: false, ["-c", "slurm"]).wait(120)
      #expect(finished.status == 0, "\(finished)")
      try trial.checkLaws("slurm")
      try trial.expectAllDone()
      // Only the worker remains in the scratch folder.
      let left = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("scratch/batches"))
      #expect(left.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.path("scratch/bin")).count == 1)
    }

    /// Case 9: variables of the driver's own job are not passed to the tasks; all others are.
    @Test func tasksGetTheEnvironmentOfTheDriverAndOfTheirJob() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      sandbox.environment["SLURM_JOB_ID"] = "999999"
      sandbox.environment["SLURM_STEP_ID"] = "7"
      sandbox.environment["XDG_RUNTIME_DIR"] = "/run/nowhere"
      sandbox.environment["OWN_VARIABLE"] = "a b\nc"
      let command =
        #"printf '%s|%s|%s|%s|%s' "$OWN_VARIABLE" "${XDG_RUNTIME_DIR-none}" "${SLURM_STEP_ID-none}" "$SLURM_CPUS_PER_TASK" "$SLURM_JOB_ID""#
      let finished = try Self.run(sandbox, [("e", command, "cores: 2")])
      #expect(finished.status == 0, "\(finished)")
      let log = try sandbox.run("logs", "-t", "1")
      // The step's own id: none, or a number of later releases.
      #expect(log.stdout.firstMatch(of: /a b\nc\|none\|(none|-\d+)\|2\|/) != nil, "\(log)")
      #expect(!log.stdout.contains("999999"))
    }

    /// What sbatch(1) adds: scripts go to the folder of the submission, and have the limits of the user.
    @Test func tasksKnowWhereTheyWereSubmittedAndHaveTheLimitsOfTheUser() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let file = try sandbox.write(
        "w.yaml",
        Self.file([
          (
            "e",
            #"cd "$SLURM_SUBMIT_DIR" && pwd && echo "$SLURM_SUBMIT_HOST $SLURM_JOB_NAME" && ulimit -S -n"#, ""
          )
        ]))
      let run = try sandbox.start(
        [
          "/bin/sh", "-c",
          "ulimit -S -n 333; exec \(Sandbox.programs)/jobmon run \(file) -c slurm --no-progress",
        ]
      ).wait(60)
      #expect(run.status == 0, "\(run)")
      let lines = try sandbox.run("logs", "-t", "1").stdout.split(separator: "\n").map(String.init)
      let host = try sandbox.shell("hostname").dropLast()
      try #require(lines.count >= 3, "\(lines)")
      #expect(
        lines.contains(sandbox.path("")) || lines.contains(String(sandbox.path("").dropLast())), "\(lines)")
      #expect(lines.contains { $0.hasPrefix("\(host) e.") }, "\(lines)")
      #expect(lines.last == "333", "\(lines)")
    }

    /// Values of attributes mean what they mean to sbatch(1): words, units and times. What it refuses is refused.
    @Test func attributesAreReadAsBySbatch() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let gate = sandbox.path("gate")
      let wait = "while ! test -e \(gate); do sleep 0.05; done"
      let file = try sandbox.write(
        "w.yaml",
        Self.file([
          ("shared", wait, "exclusive: user, deadline: now+2hours, nice: 5"),
          ("alone", wait, "exclusive: true"),
        ]))
      let run = try sandbox.jobmon("run", file, "-c", "slurm", "--no-progress")
      func job(_ name: String) throws -> String {
        try sandbox.shell(
          "for j in $(squeue -h -t R -o '%A %j' | sed -n 's/ \(name)[.].*//p'); do scontrol show job -o $j; done; true"
        )
      }
      try eventually("both run: \(run.stderr)") {
        try run.hasEnded
          || job("shared").contains("JobState=RUNNING") && job("alone").contains("JobState=RUNNING")
      }
      let shared = try job("shared")
      #expect(
        (shared.contains("OverSubscribe=USER") || shared.contains("Exclusive=USER"))
          && shared.contains("Nice=5"), "\(shared)")
      #expect(shared.contains("Deadline=20"), "\(shared)")
      #expect(try job("alone").contains("OverSubscribe=NO"))
      try sandbox.open(gate: "gate")
      #expect(try run.wait(60).status == 0, "\(run.stderr)")
      // sbatch(1) itself reads these as 0.
      for (key, value) in [("nice", "high"), ("priority", "urgent")] {
        try sandbox.write("bad.yaml", Self.file([("bad", "true", "\(key): \(value)")]))
        let bad = try sandbox.run("run", "bad.yaml", "-c", "slurm", "--no-progress")
        #expect(bad.status != 0 && (bad.stderr + bad.stdout).contains("\(key): '\(value)' is "), "\(bad)")
      }
    }

    /// Bytes that are not UTF-8, in the environment and in the folder name, reach the node unchanged.
    @Test func bytesThatAreNotTextArePassedUnchanged() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        workflow_args: x
        working_directory: .
        default_max_attempts: 1
        default_compute_resources: {any: {memory: 50M}}
        task_templates: {a: {command_template: 'printf %s "$RAW" > said; pwd'}}
        tasks: [{template: a}]
        """)
      let ended = try sandbox.start([
        "/bin/sh", "-c",
        #"""
        set -e; odd=$(printf 'a\377b'); RAW=$(printf 'x\377\364\217\272\200y'); export RAW
        mkdir "$odd"; mv w.yaml "$odd"; (cd "$odd" && pwd) > expected
        "$0" run "$odd/w.yaml" -c slurm --no-progress --logs "$PWD/$odd/logs" >&2
        printf %s "$RAW" | cmp - "$odd/said"; cmp "$odd"/logs/1-*/a/0/a.o* expected
        """#, "\(Sandbox.programs)/jobmon",
      ]).wait(120)
      #expect(ended.status == 0, "\(ended)")
    }

    /// Cases 17, 22, 23, 28 and the verdicts: every kind of end has its own cause.
    @Test func everyEndHasItsCause() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let hog = "python3 -c 'x = bytearray(300 << 20); print(len(x))'"
      let commands: [(name: String, command: String, resources: String)] = [
        ("code", "exit 7", ""),
        ("segfault", "kill -SEGV $$", ""),
        ("memory", hog, "memory: 60M"),
        ("child", hog + "; exit 0", "memory: 60M"),
        ("late", "sleep 100", "runtime: 2s"),
        ("cancelled", "scancel ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID; sleep 100", ""),
        ("worker", "[ -e killed ] || { touch killed; kill -KILL $PPID; sleep 100; }", ""),
        ("warned", "trap 'exit 3' USR2; kill -USR2 $PPID; while :; do sleep 0.1; done", ""),
        ("saved", "trap 'exit 0' USR2; kill -USR2 $PPID; while :; do sleep 0.1; done", ""),
        ("untrapped", "kill -USR2 $PPID; sleep 0.3", ""),
      ]
      let finished = try Self.run(sandbox, commands, "-o", "json")
      #expect(finished.status == 1, "\(finished)")
      let rows = try sandbox.rows("workflow_tasks", "-w", "1", "-l", "0")
      func status(_ name: String) -> String? {
        rows.first { $0["task_name"] as? String == name }?["status"] as? String
      }
      for name in ["saved", "untrapped", "worker"] { #expect(status(name) == "DONE", "\(name)") }
      let failed = try #require(try finished.object()["failed_tasks"] as? [[String: Any]])
      func cause(_ name: String) -> String? {
        failed.first { $0["name"] as? String == name }?["cause"] as? String
      }
      #expect(cause("code") == "exit")
      #expect(cause("segfault") == "signal")
      #expect(cause("memory") == "memory")
      #expect(cause("child") == "memory")
      #expect(cause("late") == "runtime")
      #expect(cause("cancelled") == "cancelled")
      #expect(finished.stderr.contains("its worker was killed by signal 9"))
      #expect(cause("warned") == "runtime")
    }

    /// A request that a partition cannot run is refused before anything starts, or goes to the next queue.
    @Test func partitionsLimitRequests() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let tooLong = try Self.run(sandbox, [("a", "true", "queue: short.q, runtime: 10m")])
      #expect(tooLong.status == 2 || tooLong.status == 4, "\(tooLong)")
      #expect(tooLong.stderr.contains("short.q"))
      let unknown = try Self.run(sandbox, [("a", "true", "queue: long.q")])
      #expect(unknown.status != 0)
      #expect(unknown.stderr.contains("long.q"))
      let file = try sandbox.write(
        "f.yaml",
        Self.file([("a", "echo $SLURM_JOB_PARTITION", "queue: short.q, runtime: 10m")])
          .replacingOccurrences(of: "tasks: [{", with: "tasks: [{fallback_queues: [all.q], "))
      let finished = try sandbox.run("run", file, "-c", "slurm", "--no-progress")
      #expect(finished.status == 0, "\(finished)")
      #expect(try sandbox.run("logs", "-t", "1").stdout.contains("all.q"))
    }

    /// The core and the plugin check the limits of the same partition, even if an option sets the default one.
    @Test func theOptionPartitionSetsTheDefault() throws {
      let sandbox = try SlurmLab.shared.get().sandbox(["partition": "short.q"])
      let commands = [
        ("a", "echo $SLURM_JOB_PARTITION", "runtime: 1m"), ("b", "echo $SLURM_JOB_PARTITION", "runtime: 10m"),
      ]
      let tooLong = try Self.run(sandbox, commands)
      #expect(tooLong.status == 2, "\(tooLong)")
      #expect(tooLong.stderr.contains("queue 'short.q' allows a runtime of 300 s"), "\(tooLong)")
      let file = try sandbox.write(
        "p.yaml",
        Self.file(commands).replacingOccurrences(
          of: "{template: ", with: "{fallback_queues: [all.q], template: "))
      let finished = try sandbox.run("run", file, "-c", "slurm", "--no-progress")
      #expect(finished.status == 0, "\(finished)")
      #expect(try sandbox.run("logs", "-t", "1").stdout.contains("short.q"))
      #expect(try sandbox.run("logs", "-t", "2").stdout.contains("all.q"))
    }

    /// Case 11: a request that Slurm never accepts ends with one clear message.
    @Test func aRequestThatSlurmRejectsIsReported() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let file = try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: w
        task_templates: {a: {command_template: "true {i}", node_args: [i]}}
        tasks: [{template: a, for_each: {i: {range: [1, 50]}}, compute_resources: {memory: 50M, constraints: "nothing_has_this"}}]
        """)
      let finished = try sandbox.run("run", file, "-c", "slurm", "--no-progress")
      #expect(finished.status == 1, "\(finished)")
      #expect(finished.stderr.contains("Invalid feature specification"), "\(finished)")
    }

    /// Case 33: exit code 4 and a message within seconds.
    @Test func missingConfigurationOrMungeIsReported() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      sandbox.environment["SLURM_CONF"] = "/nowhere/slurm.conf"
      let missing = try Self.run(sandbox, [("a", "true", "")])
      #expect(missing.status == 4)
      #expect(missing.stderr.contains("/nowhere/slurm.conf"), "\(missing)")

      let other = try SlurmLab(settings: [])
      let second = try other.sandbox()
      try other.stop("munged")
      let begin = Date()
      let silent = try Self.run(second, [("a", "true", "")])
      #expect(silent.status == 4, "\(silent)")
      #expect(silent.stderr.contains("Slurm"))
      #expect(Date().timeIntervalSince(begin) < 10)
    }

    /// Case 27: held and impossible jobs wait, and continue when they are released.
    @Test func heldJobsWait() throws {
      let sandbox = try SlurmLab.shared.get().sandbox(["longest_pending": "60s"])
      let file = try sandbox.write("w.yaml", Self.file([("a", "touch done", "nodelist: n3")]))
      try sandbox.shell("scontrol update node=n3 state=drain reason=test")
      defer { _ = try? sandbox.shell("scontrol update node=n3 state=resume") }
      let run = try sandbox.jobmon("run", file, "-c", "slurm", "--no-progress")
      try eventually("the job is pending") {
        try sandbox.shell("squeue -h -t PD -o %r").contains("ReqNodeNotAvail")
      }
      #expect(!run.hasEnded)
      try eventually("the user is told why") {
        (run.stderr + run.stdout).contains("1 task waits in the queue")
      }
      let explained = try #require(try sandbox.rows("explain", "-t", "1").first)
      #expect(explained["because"] as? String == "Waiting in cluster slurm.")
      #expect((explained["details"] as? String)?.contains("ReqNodeNotAvail") == true, "\(explained)")
      try sandbox.shell("scontrol update node=n3 state=resume")
      let finished = try run.wait(60)
      #expect(finished.status == 0, "\(finished)")
    }

    @Test func aJobThatIsPendingForTooLongFails() throws {
      let sandbox = try SlurmLab.shared.get().sandbox(["longest_pending": "2s"])
      try sandbox.shell("scontrol update node=n4 state=drain reason=test")
      defer { _ = try? sandbox.shell("scontrol update node=n4 state=resume") }
      let finished = try Self.run(sandbox, [("a", "touch ran", "nodelist: n4")])
      #expect(finished.status == 1, "\(finished)")
      #expect(try sandbox.run("errors", "-w", "1").stdout.contains("pending for more than 2 s"))
      try eventually("the job is gone") { try sandbox.shell("squeue -h -o %i").isEmpty }
    }

    @Test(.timeLimit(.minutes(4))) func theConformanceCheckPasses() throws {
      let sandbox = try SlurmLab.shared.get().sandbox()
      let finished = try sandbox.run("cluster_check", "slurm", seconds: 200)
      #expect(finished.status == 0, "\(finished)")
    }
  }
}
