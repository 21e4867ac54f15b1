import Foundation
import Testing

extension Acceptance {
  /// Law 6: every change can be read in the history.
  struct HistoryTests {
    /// A failure, a retry, an interrupt, a killed driver, a reset, manual changes and limits, with all output of
    /// `--events`.
    private func eventful() throws -> Sandbox {
      let sandbox = try Sandbox()
      let file = try sandbox.write(
        "workflow.yaml",
        """
        tool: t
        name: n
        workflow_args: x
        default_max_attempts: 2
        task_templates:
          short: {command_template: "true {n}", node_args: [n]}
          flaky: {command_template: "test -e tried || (touch tried; exit 3)"}
          late:
            command_template: "test -e ready || (while [ ! -s driver ]; do sleep 0.01; done; kill -INT $(cat driver); sleep 60)"
          bad: {command_template: "test -e good"}
          end: {command_template: "test ! -e slow || sleep 60"}
        tasks:
          - {template: short, for_each: {n: {range: [1, 20]}}}
          - {template: flaky, upstream: [{template: short}]}
          - {template: late, upstream: [{template: flaky}]}
          - {template: bad, upstream: [{template: late}]}
          - {template: end, upstream: [{template: bad}]}
        """)
      let events = sandbox.path("events")
      let first = try sandbox.jobmon("run", file, "--events", events)
      try sandbox.write("driver", String(first.pid))
      #expect(try first.wait().status == 130)
      try sandbox.write("ready", "")
      #expect(try sandbox.run("run", file, "--resume", "--events", events).status == 1)
      #expect(try sandbox.run("workflow_reset", "-w", "1", "-p", "-f").status == 0)
      #expect(try sandbox.run("concurrency_limit", "-w", "1", "-m", "3").status == 0)
      #expect(
        try sandbox.run("update_task_status", "-w", "1", "-t", try id("bad", sandbox), "-s", "D", "-f").status
          == 0)
      #expect(try sandbox.run("workflow_resume", "-w", "1", "--events", events).status == 0)
      let end = try id("end", sandbox)
      #expect(try sandbox.run("update_task_status", "-w", "1", "-t", end, "-s", "G", "-f").status == 0)
      try sandbox.write("slow", "")
      let killed = try sandbox.jobmon("workflow_resume", "-w", "1", "--events", events)
      try eventually("the last task runs") {
        try sandbox.rows("workflow_tasks", "-w", "1", "-s", "RUNNING").count == 1
      }
      killed.signal(SIGKILL)
      try killed.wait()
      try FileManager.default.removeItem(atPath: sandbox.path("slow"))
      let last = try sandbox.run("workflow_resume", "-w", "1", "--events", events)
      #expect(last.status == 0, "\(last)")
      return sandbox
    }

    private func id(_ task: String, _ sandbox: Sandbox) throws -> String {
      let rows = try sandbox.rows("workflow_tasks", "-w", "1", "-l", "0", "--name", task)
      return String(try #require(rows.first?["task_id"] as? Int))
    }

    /// What changed, without the time: the same change can occur several times.
    private func counts(_ rows: [[String: Any]]) -> [String: Int] {
      Dictionary(
        rows.map { ("\($0["kind"] ?? "") \($0["id"] ?? "") becomes \($0["to"] ?? "")", 1) },
        uniquingKeysWith: +)
    }

    private func lines(_ text: String) throws -> [[String: Any]] {
      try text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
    }

    @Test func theHistoryContainsAllEventsAndManualChanges() throws {
      let sandbox = try eventful()
      let history = try sandbox.rows("history", "-w", "1")
      let events = try lines(sandbox.read("events"))
      #expect(events.count > 100)
      let kept = counts(history)
      for (change, count) in counts(events) {
        #expect(kept[change, default: 0] >= count, "\(change): \(count) events")
      }
      // Ends, and changes of other things than tasks, have the same seq as in the events.
      let seqs = Set(
        history.map { "\($0["kind"] ?? "") \($0["id"] ?? "") \($0["to"] ?? "") \($0["seq"] ?? "")" })
      let ends = ["DONE", "ERROR", "FATAL", "KILLED"]
      for event in events
      where ends.contains(event["to"] as? String ?? "")
        || (event["kind"] as? String)?.hasPrefix("workflow") == true
      {
        let change = "\(event["kind"] ?? "") \(event["id"] ?? "") \(event["to"] ?? "") \(event["seq"] ?? "")"
        #expect(seqs.contains(change), "\(change)")
      }

      let me = try sandbox.shell("id -un").trimmingCharacters(in: .whitespacesAndNewlines)
      let byHand = history.filter {
        $0["by"] as? String == me && ["task", "limit"].contains($0["kind"] as? String)
      }
      #expect(
        byHand.map {
          "\($0["kind"] ?? "") \($0["task_name"] as? String ?? "-") \($0["from"] ?? "") \($0["to"] ?? "")"
        } == [
          "task bad FATAL PENDING", "limit - none 3", "task bad PENDING DONE", "task end DONE PENDING",
        ])
      let workflow = history.filter { $0["kind"] as? String == "workflow" }.compactMap { $0["to"] as? String }
      #expect(
        workflow == [
          "REGISTERING", "QUEUED", "RUNNING", "HALTED", "RUNNING", "FAILED", "HALTED", "RUNNING", "DONE",
          "HALTED",
          "RUNNING", "RUNNING", "DONE",
        ])
      let runs = history.filter {
        $0["kind"] as? String == "workflow_run" && $0["to"] as? String == "TERMINATED"
      }
      #expect(runs.map { $0["id"] as? Int } == [4], "the run whose driver was killed")
    }

    @Test func theHistoryIsInOrder() throws {
      let sandbox = try eventful()
      let history = try sandbox.rows("history", "-w", "1")
      let seqs = history.compactMap { $0["seq"] as? Int }
      #expect(seqs.count == history.count && seqs == seqs.sorted())
      // The changes of each instance are in the order of its life.
      let order = ["INSTANTIATED", "LAUNCHED", "RUNNING", "ERROR", "FATAL", "KILLED", "DONE"]
      let instances = Dictionary(grouping: history.filter { $0["kind"] as? String == "task_instance" }) {
        $0["id"] as? Int ?? 0
      }
      #expect(instances.count > 20)
      for (id, rows) in instances {
        let steps = rows.compactMap { order.firstIndex(of: $0["to"] as? String ?? "") }
        #expect(steps == steps.sorted() && steps.first == 0, "instance \(id): \(rows)")
      }
      // A task's history is the part of its workflow's history about it, and a limit returns the last rows.
      for name in ["flaky", "bad", "end"] {
        let own = try sandbox.run("history", "-t", try id(name, sandbox), "-n")
        let part = try JSONSerialization.jsonObject(with: Data(own.stdout.utf8)) as? NSArray
        #expect(part == history.filter { $0["task_name"] as? String == name } as NSArray, "\(own)")
      }
      #expect(try sandbox.rows("history", "-w", "1", "-l", "7") as NSArray == history.suffix(7) as NSArray)
      #expect(try sandbox.rows("history", "-w", "1", "-l", "0").count == history.count)
    }

    /// The resume finds the attempt dead, and the task keeps the status that was set manually.
    @Test func aStatusSetByHandDuringAnOpenAttemptIsKept() throws {
      let trial = try LedgerTrial.gated(try Sandbox(), after: 1)
      let sandbox = trial.sandbox
      let run = try trial.start(resume: false)
      try eventually("the gate") { sandbox.read("ledger").contains("start wait") || run.hasEnded }
      run.signal(SIGKILL)
      try run.wait()
      let task = try id("wait", sandbox)
      #expect(try sandbox.run("update_task_status", "-w", "1", "-t", task, "-s", "D", "-f").status == 0)
      let events = sandbox.path("events")
      #expect(try trial.start(["--events", events]).wait().status == 0)
      let words = try sandbox.rows("history", "-t", task).filter { $0["kind"] as? String == "task" }
        .compactMap { $0["to"] as? String }
      // The start may not have been committed.
      #expect(words.last == "DONE" && !words.contains("PENDING"), "\(words)")
      let told = try lines(sandbox.read("events")).filter { ($0["task_id"] as? Int).map(String.init) == task }
      #expect(told.compactMap { $0["kind"] as? String } == ["task_instance"], "\(told)")
      #expect(told.first?["to"] as? String == "KILLED")
    }

    @Test func unknownTasksAndWorkflowsAreRefused() throws {
      let sandbox = try eventful()
      #expect(try sandbox.run("history", "-w", "99").status == 2)
      #expect(try sandbox.run("history", "-t", "999").status == 2)
      #expect(try sandbox.run("history", "-t", "no such task").status == 2)
      #expect(try sandbox.run("history", "-w", "no such workflow").status == 2)
    }
  }
}
