import Foundation
import Testing

extension Acceptance {
  /// Attempts, scaled resources, and fallback queues.
  struct RetryTests {
    private func result(_ sandbox: Sandbox, _ text: String, _ more: String...) throws -> (
      Int32, [String: Any]
    ) {
      let file = try sandbox.write("workflow.yaml", text)
      let ended = try sandbox.start(["\(Sandbox.programs)/jobmon", "run", file, "-o", "json"] + more).wait()
      return (ended.status, try ended.object())
    }

    private func instances(_ sandbox: Sandbox) throws -> [String] {
      let tasks = try sandbox.rows("workflow_tasks", "-w", "1", "-l", "0")
      let id = try #require(tasks.first?["task_id"] as? Int)
      return try sandbox.rows("task_status", "-t", String(id)).compactMap { $0["status"] as? String }
    }

    @Test func attemptsOfEachRunAreLimited() throws {
      let trial = try LedgerTrial(LedgerWorkflow(steps: [.init("a", "fail", "5")], maxAttempts: 4))
      #expect(try trial.start(resume: false).wait().status == 1)
      #expect(try trial.sandbox.ledger().lines.filter { $0.word == .start }.map(\.attempt) == [1, 2, 3, 4])
      // A resume gives new attempts, and instance ids that were never used.
      #expect(try trial.start().wait().status == 1)
      #expect(
        try trial.sandbox.ledger().lines.filter { $0.word == .start }.map(\.attempt) == [
          1, 2, 3, 4, 1, 2, 3, 4,
        ])
      let row = try trial.sandbox.rows("workflow_tasks", "-w", "1").first
      #expect(row?["status"] as? String == "FATAL")
      #expect(row?["retries"] as? Int == 6)
      try trial.checkLaws("attempts")
    }

    @Test func aSignalIsAFailureOfTheCommand() throws {
      let sandbox = try Sandbox()
      let (status, object) = try result(
        sandbox,
        """
        tool: t
        name: n
        workflow_args: x
        default_max_attempts: 1
        task_templates: {go: {command_template: "kill -SEGV $$; sleep 5"}}
        tasks: [{template: go}]
        """)
      #expect(status == 1)
      let failed = try #require((object["failed_tasks"] as? [[String: Any]])?.first)
      #expect(failed["cause"] as? String == "signal")
      #expect(failed["signal"] as? Int == 11)
      #expect(failed["exit_code"] is NSNull)
    }

    /// Only the resource that ran out is scaled: 1 s, then 2 s and 20 s, by the list.
    @Test func runtimeIsScaledUntilTheTaskSucceeds() throws {
      let sandbox = try Sandbox()
      let (status, object) = try result(
        sandbox,
        """
        tool: t
        name: n
        workflow_args: x
        default_max_attempts: 3
        default_compute_resources: {any: {runtime: 1s, memory: 64M}}
        default_resource_scales: {runtime: [2s, 20s]}
        task_templates: {go: {command_template: "sleep 2.5; echo $JOBMON_MEMORY_BYTES > memory"}}
        tasks: [{template: go}]
        """)
      #expect(status == 0, "\(object)")
      #expect(object["retries"] as? Int == 2)
      #expect(try instances(sandbox) == ["RESOURCE_ERROR", "RESOURCE_ERROR", "DONE"])
      #expect(sandbox.read("memory") == "\(64 << 20)\n")
    }

    @Test func memoryIsScaledUntilTheTaskSucceeds() throws {
      let sandbox = try Sandbox()
      // 60 MB, held until it was certainly sampled.
      let (status, object) = try result(
        sandbox,
        """
        tool: t
        name: n
        workflow_args: x
        default_compute_resources: {any: {memory: 32M}}
        default_resource_scales: {memory: [256M]}
        task_templates:
          go:
            command_template: >-
              echo $JOBMON_MEMORY_BYTES >> requests;
              python3 -c 'import time; held = bytearray(60000000); time.sleep(1.5)'
        tasks: [{template: go}]
        """)
      #expect(status == 0, "\(object)")
      #expect(sandbox.read("requests") == "\(32 << 20)\n\(256 << 20)\n")
      #expect(try instances(sandbox) == ["RESOURCE_ERROR", "DONE"])
    }

    @Test func aScaledRequestMovesToAFallbackQueue() throws {
      let sandbox = try Sandbox()
      let plugins = try sandbox.write(
        "plugins.json",
        """
        {"clusters": {"queued": {"plugin": "local", "options": {"queues": [
          {"name": "short.q", "max_runtime": 1, "default": true}, {"name": "long.q", "max_runtime": 60}]}}}}
        """)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: plugins)
      let text = """
        tool: t
        name: n
        workflow_args: x
        default_compute_resources: {queued: {runtime: 1s, queue: short.q}}
        default_resource_scales: {runtime: [10s]}
        default_fallback_queues: [long.q]
        task_templates: {go: {command_template: "sleep 1.5"}}
        tasks: [{template: go}]
        """
      let (status, object) = try result(sandbox, text, "-c", "queued", "--plugins", plugins)
      #expect(status == 0, "\(object)")
      // Without a queue that accepts it the task is FATAL, with this reason.
      let other = try Sandbox()
      let alone = try other.write("plugins.json", sandbox.read("plugins.json"))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: alone)
      let (failed, why) = try result(
        other, text.replacingOccurrences(of: "default_fallback_queues: [long.q]\n", with: ""), "-c", "queued",
        "--plugins", alone)
      #expect(failed == 1)
      let reason = ((why["failed_tasks"] as? [[String: Any]])?.first?["reason"] as? String) ?? ""
      #expect(reason.contains("short.q"), "\(why)")
    }

    @Test func failFastStartsNothingNew() throws {
      let trial = try LedgerTrial(
        LedgerWorkflow(
          steps: [.init("bad", "fail", "1")] + (0..<20).map { .init("good\($0)", "sleep", "0.2", after: []) },
          maxAttempts: 1, limit: 1))
      let ended = try trial.start(resume: false, ["--fail-fast", "-o", "json"]).wait()
      #expect(ended.status == 1)
      let object = try ended.object()
      let done = try #require(object["tasks_done"] as? Int)
      // Tasks chosen before `bad` may have run. With one at a time none may start after it.
      let ledger = try trial.sandbox.ledger()
      #expect(ledger.lines.last?.task == "bad", "\(ledger.lines.map(\.task))")
      #expect(object["tasks_pending"] as? Int == 20 - done)
      try trial.checkLaws("fail fast")
    }
  }
}
