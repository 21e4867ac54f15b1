import Foundation
import Testing

extension Acceptance.Alone {
  /// Several runs on one machine, and priorities.
  struct AdmissionTests {
    private func sandbox(slots: Int) throws -> Sandbox {
      let sandbox = try Sandbox()
      sandbox.environment["JOBMON_PLUGINS"] = try sandbox.write(
        "plugins.json", #"{"clusters": {"local": {"plugin": "local", "options": {"slots": \#(slots)}}}}"#)
      return sandbox
    }

    private func start(_ sandbox: Sandbox, _ name: String, tasks: Int, _ kind: String, cores: Int = 1) throws
      -> Child
    {
      let file = try sandbox.write(
        "\(name).yaml",
        """
        tool: \(name)
        workflow_args: x
        task_templates:
          \(name): {command_template: "sh \(sandbox.path("task.sh")) \(kind)", node_args: [n], default_compute_resources: {cores: \(cores)}}
        tasks:
          - {template: \(name), for_each: {n: {range: [1, \(tasks)]}}, name: "\(name)_{n}"}
        """)
      return try sandbox.jobmon("run", file, "-o", "json")
    }

    /// The maximum number of concurrent commands, and the starts in order, from the ledger.
    private func ledger(_ sandbox: Sandbox) throws -> (most: Int, starts: [String]) {
      var (running, most) = (0, 0)
      var starts: [String] = []
      for line in try sandbox.ledger().lines {
        if line.word == .start {
          running += 1
          starts.append(line.task)
        } else if line.word == .end {
          running -= 1
        }
        most = max(most, running)
      }
      return (most, starts)
    }

    @Test func twoRunsShareTheSlots() throws {
      let sandbox = try sandbox(slots: 4)
      let first = try start(sandbox, "a", tasks: 40, "sleep 0.15")
      try eventually("the first fills the machine") { try ledger(sandbox).most == 4 }
      let second = try start(sandbox, "b", tasks: 20, "sleep 0.15")
      let ended = (try first.wait(), try second.wait())
      #expect(ended.0.status == 0 && ended.1.status == 0, "\(ended)")
      let seen = try ledger(sandbox)
      #expect(seen.most == 4)
      // Between the first and the last start of the second run, each run had about half.
      let began = try #require(seen.starts.firstIndex { $0.hasPrefix("b") })
      let over = try #require(seen.starts.lastIndex { $0.hasPrefix("b") })
      let others = seen.starts[began...over].count { $0.hasPrefix("a") }
      #expect((8...32).contains(others), "\(others) of the first beside 20 of the second: \(seen.starts)")
    }

    @Test func aTaskThatNeedsTheWholeMachineIsNotDelayedForever() throws {
      let sandbox = try sandbox(slots: 4)
      let many = try start(sandbox, "many", tasks: 60, "sleep 0.1")
      try eventually("the machine is full") { try ledger(sandbox).most == 4 }
      let large = try start(sandbox, "large", tasks: 2, "plain", cores: 4)
      let ended = (try many.wait(), try large.wait())
      #expect(ended.0.status == 0 && ended.1.status == 0, "\(ended)")
      let starts = try ledger(sandbox).starts
      #expect(try #require(starts.firstIndex { $0.hasPrefix("large") }) < 50, "\(starts)")
    }

    @Test func slotsOfAKilledRunAreFree() throws {
      let sandbox = try sandbox(slots: 2)
      let gate = sandbox.path("gate")
      let first = try start(sandbox, "a", tasks: 4, "gate \(gate)")
      try eventually("the first holds both slots") { try ledger(sandbox).starts.count == 2 }
      let second = try start(sandbox, "b", tasks: 3, "plain")
      try eventually("the second says what it waits for") {
        second.stderr.contains("other runs on this machine hold 2 of its 2 cores")
      }
      #expect(try ledger(sandbox).starts.count == 2)
      first.signal(SIGKILL)
      #expect(try second.wait().status == 0)
      try sandbox.open(gate: "gate")
      #expect(try sandbox.run("workflow_resume", "-w", "1").status == 0)
    }

    // MARK: Other users

    /// Runs a shell command as another user until the sandbox is removed.
    private func asOther(_ sandbox: Sandbox, _ command: String) throws -> Child {
      try sandbox.start(
        [
          "/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "/bin/sh", "-c",
          command,
        ])
    }

    /// A folder of claims that another user can write to, like the one of every machine.
    private func shared(slots: Int) throws -> Sandbox {
      let sandbox = try sandbox(slots: slots)
      try sandbox.shell("chmod 711 . && mkdir -m 1777 claims && chmod 1777 claims")
      return sandbox
    }

    /// Claims that look alive: each file is locked by a process of another user.
    private static let claims = [
      #"{"holds":{"cores":9223372036854775807,"memory":9223372036854775807},"uses":{"cores":9223372036854775807,"memory":9223372036854775807},"wants":{"cores":9223372036854775807,"memory":9223372036854775807},"next":{"cores":9223372036854775807,"memory":9223372036854775807},"since":0,"workflow":"x","name":"x"}"#,
      #"{"holds":{"cores":-9223372036854775808,"memory":-9223372036854775808},"uses":{"cores":-1,"memory":-1},"wants":{"cores":-9223372036854775808,"memory":0},"next":{"cores":-5,"memory":-5},"since":-9223372036854775808,"workflow":"x","name":"x"}"#,
      #"{"holds":{"cores":10000,"memory":0},"uses":{"cores":10000,"memory":0},"wants":{"cores":10000,"memory":0},"since":1,"workflow":"x","name":"x"}"#,
      #"{"holds":{"cores":2,"memory":0},"uses":{"cores":0,"memory":0},"wants":{"cores":2,"memory":0},"next":{"cores":2,"memory":0},"since":9223372036854775807,"workflow":"x","name":"x"}"#,
      #"{"holds":{"cores":1e400,"memory":0}}"#, "no JSON", "[[[[[[[[[[[[[[[[", "",
      #"{"holds":{"cores":2,"memory":0},"uses":{"cores":2,"memory":0},"wants":{"cores":2,"memory":0},"since":1,"name":"x","workflow":""#
        + String(repeating: "w", count: 3000) + #""}"#,
      String(repeating: " ", count: 5_000_000),
    ]

    @Test func impossibleClaimsAreIgnored() throws {
      let sandbox = try shared(slots: 2)
      for (place, claim) in Self.claims.enumerated() { try sandbox.write("claim\(place)", claim) }
      let hostile = try asOther(
        sandbox,
        """
        cd claims; umask 0
        mkfifo fifo; ln -s ../jobmon.db link; mkdir folder
        for i in $(seq 0 \(Self.claims.count - 1)); do cp ../claim$i evil$i; eval "exec 9>>evil$i"; flock -n 9; sleep 1000 9>&9 & done
        touch ../claims/ready; wait
        """)
      // Do not wait by trying the locks: a successful try holds the lock for a moment, and the other process then
      // fails.
      try eventually("the claims exist: \(hostile.stderr)") { sandbox.exists("claims/ready") }
      #expect(try sandbox.start(["/bin/sh", "-c", "flock -n claims/evil9 true"]).wait().status == 1)
      let run = try start(sandbox, "a", tasks: 6, "plain")
      let ended = try run.wait(20)
      #expect(ended.status == 0, "\(ended)")
      #expect(!ended.stderr.contains("other runs"), "\(ended)")
    }

    @Test func aLockedClaimFolderIsReportedAndIgnored() throws {
      let sandbox = try shared(slots: 2)
      let hostile = try asOther(sandbox, "flock claims sh -c 'touch claims/locked; sleep 1000'")
      try eventually("it is locked: \(hostile.stderr)") { sandbox.exists("claims/locked") }
      let began = Date()
      let ended = try start(sandbox, "a", tasks: 20, "plain").wait(30)
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stderr.contains("\(sandbox.path("claims")), where runs share the cores"), "\(ended)")
      #expect(
        ended.stderr.components(separatedBy: "has been locked by another process for 5 s").count == 2,
        "once: \(ended)")
      #expect(Date().timeIntervalSince(began) < 12)
    }

    @Test func aLaterLockDoesNotStopARun() throws {
      let sandbox = try shared(slots: 2)
      let gate = sandbox.path("gate")
      let run = try start(sandbox, "a", tasks: 30, "gate \(gate)")
      try eventually("tasks run") { try ledger(sandbox).starts.count == 2 }
      _ = try asOther(sandbox, "flock claims sh -c 'touch claims/locked; sleep 1000'")
      try eventually("it is locked") { sandbox.exists("claims/locked") }
      let began = Date()
      try sandbox.open(gate: "gate")
      let ended = try run.wait(30)
      #expect(ended.status == 0, "\(ended)")
      #expect(Date().timeIntervalSince(began) < 5, "it keeps its share")
    }

    @Test func aCrowdedClaimFolderIsReportedAndIgnored() throws {
      let sandbox = try shared(slots: 2)
      let ended = try asOther(sandbox, "cd claims && seq 1 100000 | xargs touch").wait()
      #expect(ended.status == 0, "\(ended)")
      let began = Date()
      let run = try start(sandbox, "a", tasks: 20, "plain").wait(30)
      #expect(run.status == 0 && run.stderr.contains("has more than 1024 files"), "\(run)")
      #expect(Date().timeIntervalSince(began) < 10)
    }

    @Test func aClaimFolderThatIsALinkIsReportedAndIgnored() throws {
      let sandbox = try sandbox(slots: 2)
      try sandbox.shell("mkdir elsewhere && ln -s elsewhere claims")
      let ended = try start(sandbox, "a", tasks: 4, "plain").wait(30)
      #expect(ended.status == 0, "\(ended)")
      #expect(
        ended.stderr.contains("does not share it with other runs: \(sandbox.path("claims")): "), "\(ended)")
      #expect(try sandbox.shell("ls elsewhere").isEmpty)
    }

    @Test func aClaimFolderWithoutPermissionIsReportedAndIgnored() throws {
      let sandbox = try sandbox(slots: 2)
      try sandbox.shell(
        "mkdir -m 700 claims && chown 65533 claims && chown -R 65534 home out locks . 2>/dev/null; chown 65533 claims"
      )
      let file = try sandbox.write(
        "workflow.yaml", "tool: t\ntask_templates: {a: {command_template: 'true'}}\ntasks: [{template: a}]\n")
      chmod(file, 0o644)
      chmod(sandbox.path("plugins.json"), 0o644)
      let ended = try asOther(sandbox, "exec \(Sandbox.programs)/jobmon run \(file)").wait(30)
      #expect(ended.status == 0, "\(ended)")
      #expect(ended.stderr.contains("\(sandbox.path("claims")): Permission denied"), "\(ended)")
    }

    @Test func runsWithoutSharingEachUseTheWholeMachine() throws {
      let sandbox = try sandbox(slots: 2)
      sandbox.environment["JOBMON_PLUGINS"] = try sandbox.write(
        "plugins.json",
        #"{"clusters": {"local": {"plugin": "local", "options": {"slots": 2, "share_machine": false}}}}"#)
      let gate = sandbox.path("gate")
      let first = try start(sandbox, "a", tasks: 2, "gate \(gate)")
      let second = try start(sandbox, "b", tasks: 2, "gate \(gate)")
      try eventually("all four run") { try ledger(sandbox).most == 4 }
      try sandbox.open(gate: "gate")
      #expect(try first.wait().status == 0)
      #expect(try second.wait().status == 0)
    }

    @Test func prioritiesDecideTheOrder() throws {
      let sandbox = try sandbox(slots: 1)
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        workflow_args: x
        task_templates:
          plain: {command_template: "sh \(sandbox.path("task.sh")) plain", node_args: [n]}
          late: {command_template: "sh \(sandbox.path("task.sh")) plain", node_args: [n], default_priority: -1}
        tasks:
          - {template: late, args: {n: 1}, name: late}
          - {template: late, args: {n: 2}, name: follows, upstream: [{task: late}]}
          - {template: plain, for_each: {n: [1, 2]}, name: "plain_{n}"}
          - {template: plain, args: {n: 3}, name: urgent, priority: 5}
        """)
      #expect(try sandbox.run("run", file).status == 0)
      // Without priorities `late` would be first, because it is on the longest path.
      #expect(try ledger(sandbox).starts == ["urgent", "plain_1", "plain_2", "late", "follows"])
      let preview = try sandbox.run("run", file, "--dry-run", "-o", "json").object()
      let priorities = (preview["arrays"] as? [[String: Any]])?.compactMap { $0["priority"] as? Int }
      #expect(Set(priorities ?? []) == [-1, 0, 5])
      try sandbox.write(
        "bad.yaml",
        String(decoding: FileManager.default.contents(atPath: file)!, as: UTF8.self)
          .replacingOccurrences(of: "priority: 5", with: "priority: 5000000"))
      let refused = try sandbox.run("run", sandbox.path("bad.yaml"))
      #expect(
        refused.status == 2 && refused.stderr.contains("5000000 is outside the range -1000000 to 1000000"),
        "\(refused)")
    }
  }
}
