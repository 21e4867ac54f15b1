import Foundation
import Testing

extension Acceptance {
  /// Runs on a simulated cluster.
  @Suite struct DummyTests {
    private static func workflow(_ tasks: Int, attributes: String = "{}") -> String {
      """
      tool: sim
      name: sim
      workflow_args: one
      default_compute_resources: {any: {cores: 1, memory: 1G}}
      task_templates:
        part: {command_template: "part {i}", node_args: [i]}
        whole: {command_template: "whole"}
      tasks:
        - template: part
          for_each: {i: {range: [1, \(tasks)]}}
        - template: whole
          upstream: [{template: part}]
          attributes: \(attributes)
      """
    }

    @Test func aHundredThousandTasksRunInSeconds() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow(100_000))
      let finished = try sandbox.run("run", "w.yaml", "-c", "dummy", "--quiet", "-o", "json", seconds: 90)
      let result = try finished.object()
      #expect(finished.status == 0 && result["status"] as? String == "DONE", "\(finished)")
      #expect(result["tasks_done"] as? Int == 100_001, "\(finished)")
      #expect(result["retries"] as? Int == 0, "\(finished)")
      #expect(try sandbox.query("SELECT count(*) FROM instance WHERE status = 'DONE'") == "100001\n")
    }

    /// Nodes that fail and return do not advance the time while nothing may start.
    @Test(arguments: [false, true]) func simulatedTimeStopsDuringAPause(ofTemplate: Bool) throws {
      let sandbox = try Sandbox()
      let pause = "max_concurrently_running: 0"
      let file = Self.workflow(20)
      try sandbox.write(
        "w.yaml",
        ofTemplate
          ? file.replacingOccurrences(of: "node_args: [i]}", with: "node_args: [i], \(pause)}")
          : "\(file)\n\(pause)\n")
      try sandbox.write(
        "plugins.json",
        """
        {"clusters": {"shaky": {"plugin": "dummy", "options": {
          "time": "virtual", "nodes": 4, "cores": 4, "memory": "16G", "runtime": 60,
          "faults": {"node_loss": {"exponential": 600}, "node_absence": 60}}}}}
        """)
      let run = try sandbox.jobmon(
        "run", "w.yaml", "-c", "shaky", "--plugins", "plugins.json", "--quiet", "-o", "json",
        environment: Sandbox.beating)
      try eventually("the run has begun") {
        try sandbox.exists("jobmon.db")
          && sandbox.rows("workflow_status").first?["wf_status"] as? String == "RUNNING"
      }
      try sandbox.waitForBeats(5, of: run)
      let words =
        ["concurrency_limit", "-w", "1", "-m", "20"] + (ofTemplate ? ["--task_template", "part"] : [])
      #expect(try sandbox.start(["\(Sandbox.programs)/jobmon"] + words).wait().status == 0)
      let finished = try run.wait()
      #expect(finished.status == 0, "\(finished)")
      // Otherwise weeks would pass in that second.
      let elapsed = try #require(try finished.object()["elapsed_seconds"] as? Double)
      #expect((60..<36_000).contains(elapsed), "\(elapsed) s")
    }

    @Test func aSimulatedWeekTakesSeconds() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow(3000, attributes: "{simulated_runtime: 2h}"))
      try sandbox.write(
        "plugins.json",
        """
        {"clusters": {"week": {"plugin": "dummy", "options": {
          "time": "virtual", "nodes": 4, "cores": 4, "memory": "16G", "seed": 42,
          "runtime": {"normal": ["50m", "5m"]},
          "faults": {"exit": 0.02, "preempted": 0.02, "lost": 0.01, "duplicate": 0.2, "unanswered": 0.01,
                     "node_loss": {"exponential": "30h"}, "node_absence": "30m"},
          "late": {"exponential": 5}}}}}
        """)
      let began = Date()
      let finished = try sandbox.run(
        "run", "w.yaml", "-c", "week", "--plugins", "plugins.json", "--quiet", "-o", "json", seconds: 90)
      #expect(finished.status == 0, "\(finished)")
      let result = try #require(
        try JSONSerialization.jsonObject(with: Data(finished.stdout.utf8)) as? [String: Any])
      let elapsed = try #require(result["elapsed_seconds"] as? Double)
      // 3,000 tasks of 50 min on 16 cores, and two hours after them.
      #expect((6.5 * 86400...8.5 * 86400).contains(elapsed), "\(elapsed / 86400) days")
      #expect(Date().timeIntervalSince(began) < 60)
      #expect(try #require(result["retries"] as? Int) > 100)
      #expect(try sandbox.run("db_check").status == 0)
    }

    private static let faulty = """
      {"clusters": {"sim": {"plugin": "dummy", "options": {
        "time": "virtual", "nodes": 3, "cores": 4, "seed": 9, "runtime": {"exponential": 60},
        "faults": {"exit": 0.1, "lost": 0.05}}}}}
      """

    /// This also holds for another workflow of the same database, whose runtimes are not known.
    @Test func theSameSeedMakesTheSameChanges() throws {
      let sandbox = try Sandbox()
      try sandbox.write("plugins.json", Self.faulty)
      func changes(_ tool: String) throws -> [String] {
        try sandbox.write(
          "w.yaml", Self.workflow(200).replacingOccurrences(of: "tool: sim", with: "tool: \(tool)"))
        _ = try sandbox.run(
          "run", "w.yaml", "-c", "sim", "--plugins", "plugins.json", "--quiet", "--events", tool)
        var first: Int?
        return try sandbox.read(tool).split(separator: "\n").compactMap { line in
          let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
          guard event["kind"] as? String == "task_instance", event["to"] as? String != "INSTANTIATED" else {
            return nil
          }
          let instance = try #require(event["id"] as? Int)
          first = first ?? instance
          return
            (["\(instance - first!)"]
            + ["from", "to", "attempt", "cause", "node"].map { "\(event[$0] ?? "-")" })
            .joined(separator: " ")
        }
      }
      let first = try changes("one")
      #expect(first.count > 400)
      #expect(try changes("two") == first)
    }

    /// Its commits run behind the run, several at a time: no event is lost, repeated, or out of order.
    @Test func eventsOfBackgroundCommitsAreInOrder() throws {
      let sandbox = try Sandbox()
      try sandbox.write("plugins.json", Self.faulty)
      // 200,000 changes are committed at once.
      try sandbox.write("w.yaml", Self.workflow(42_000))
      _ = try sandbox.run(
        "run", "w.yaml", "-c", "sim", "--plugins", "plugins.json", "--quiet", "--events", "told",
        seconds: 90)
      var seqs: [Int] = []
      var times: [String] = []
      for line in sandbox.read("told").split(separator: "\n") {
        let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        seqs.append(try #require(event["seq"] as? Int))
        // The run's own events have real times.
        if try #require(event["kind"] as? String).hasPrefix("task") {
          times.append(try #require(event["time"] as? String))
        }
      }
      // Each task has at least four changes: created, running, done, and its own.
      #expect(seqs.count > 168_000)
      #expect(zip(seqs, seqs.dropFirst()).allSatisfy { $0 < $1 })
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "in the order of time, too")
      #expect(try sandbox.run("db_check").status == 0)
      let status = try #require(try sandbox.rows("workflow_status").first)
      #expect(try #require(status["done"] as? Int) > 39_900, "\(status)")
    }

    private func hours(_ sandbox: Sandbox, _ name: String, _ tasks: String) throws -> Double {
      try sandbox.write(
        "w.yaml",
        """
        tool: learning
        name: \(name)
        task_templates:
          some: {command_template: "some {n}", node_args: [n]}
          other: {command_template: "other {n}", node_args: [n]}
        tasks:
        \(tasks)
        """)
      try sandbox.write(
        "plugins.json",
        #"{"clusters": {"sim": {"plugin": "dummy", "options": {"time": "virtual", "cores": 2}}}}"#)
      let run = try sandbox.run(
        "run", "w.yaml", "-c", "sim", "--plugins", "plugins.json", "--quiet", "-o", "json")
      let result = try #require(
        try JSONSerialization.jsonObject(with: Data(run.stdout.utf8)) as? [String: Any], "\(run.stderr)")
      // The first turn takes a millisecond of real time.
      return try (#require(result["elapsed_seconds"] as? Double) / 36).rounded() / 100
    }

    /// Two short tasks and a long one on two cores: if the runtimes are known, the long one starts first.
    @Test func runtimesOfEarlierRunsDecideTheOrder() throws {
      let sandbox = try Sandbox()
      func task(_ n: Int, _ hours: Int) -> String {
        "  - {template: some, args: {n: \(n)}, attributes: {simulated_runtime: \(hours)h}}\n"
      }
      let tasks = task(1, 1) + task(2, 1) + task(3, 2)
      #expect(try hours(sandbox, "same", tasks) == 3)
      #expect(try hours(sandbox, "same", tasks) == 2)
      // With one more task, and in another order.
      #expect(try hours(sandbox, "same", task(4, 0) + task(2, 1) + task(1, 1) + task(3, 2)) == 2)
      // The average of the template does not tell the tasks apart.
      #expect(try hours(sandbox, "other", tasks) == 3)
    }

    /// When the first long task is done, the run knows that the other long one should start before the short ones.
    @Test func runtimesOfTheSameRunDecideTheOrder() throws {
      func tasks(_ template: String, _ range: ClosedRange<Int>, _ minutes: Int) -> String {
        """
          - template: \(template)
            for_each: {n: {range: [\(range.lowerBound), \(range.upperBound)]}}
            attributes: {simulated_runtime: \(minutes)m}

        """
      }
      let all = tasks("some", 1...1, 60) + tasks("other", 1...120, 1) + tasks("some", 2...2, 60)
      // In the order of the file it would take 2.5 hours. The order is updated whenever a quarter more tasks are done.
      #expect(try hours(try Sandbox(), "learning", all) < 2.1)
    }

    /// A resume does not repeat the failures of the run.
    @Test func aResumeDoesNotRepeatTheFailures() throws {
      let sandbox = try Sandbox()
      try sandbox.write("w.yaml", Self.workflow(200))
      try sandbox.write("plugins.json", Self.faulty)
      let words = [
        "run", "w.yaml", "-c", "sim", "--plugins", "plugins.json", "--quiet", "--max-attempts", "1",
      ]
      let program = "\(Sandbox.programs)/jobmon"
      #expect(try sandbox.start([program] + words).wait().status == 1)
      var status: Int32 = 1
      for _ in 0..<10 where status == 1 {
        status = try sandbox.start([program] + words + ["--resume"]).wait().status
      }
      #expect(status == 0)
    }

    @Test func simulatedTimeCannotBeCombinedWithAnotherCluster() throws {
      let sandbox = try Sandbox()
      try sandbox.write(
        "w.yaml",
        """
        tool: t
        name: n
        task_templates: {a: {command_template: "true"}, b: {command_template: "true "}}
        tasks:
          - {template: a, cluster_name: sim}
          - {template: b, cluster_name: local}
        """)
      try sandbox.write(
        "plugins.json", #"{"clusters": {"sim": {"plugin": "dummy", "options": {"time": "virtual"}}}}"#)
      let finished = try sandbox.run("run", "w.yaml", "--plugins", "plugins.json")
      #expect(finished.status == 2)
      #expect(
        finished.stderr.contains("cluster sim runs in simulated time and cannot be combined with local"))
    }
  }
}
