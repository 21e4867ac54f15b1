import Foundation
import Testing

extension Acceptance {
  /// Tests what the ledger commands write when they run without jobmon.
  struct LedgerTaskTests {
    private func environment(_ task: String, _ instance: Int) -> [String: String] {
      [
        "JOBMON_TASK_NAME": task, "JOBMON_TASK_INSTANCE_ID": String(instance), "JOBMON_ATTEMPT": "1",
        "JOBMON_WORKFLOW_RUN_ID": "1",
      ]
    }

    private func words(_ sandbox: Sandbox) throws -> [Ledger.Word] { try sandbox.ledger().lines.map(\.word) }

    @Test(
      arguments: [
        ("plain", "", [.start, .end]), ("grandchild", "2", [.start, .beat, .beat, .end]),
        ("setsid", "2", [.start, .beat, .beat, .end]),
      ] as [(String, String, [Ledger.Word])])
    func writesTheExpectedLines(kind: String, argument: String, expected: [Ledger.Word]) throws {
      let sandbox = try Sandbox()
      let task = try sandbox.start(
        ["sh", sandbox.path("task.sh"), kind, argument], environment: environment("a", 1))
      #expect(try task.wait().status == 0)
      #expect(try words(sandbox) == expected)
    }

    @Test func failsTheGivenNumberOfTimes() throws {
      let sandbox = try Sandbox()
      let statuses = try (1...3).map { instance in
        try sandbox.start(
          ["sh", sandbox.path("task.sh"), "flaky", "2"], environment: environment("a", instance)
        )
        .wait().status
      }
      #expect(statuses == [3, 3, 0])
    }

    @Test(arguments: ["grandchild", "setsid"])
    func reportsADescendantThatIsStillAlive(kind: String) throws {
      let sandbox = try Sandbox()
      let first = try sandbox.start(
        ["sh", sandbox.path("task.sh"), kind, "100000"], environment: environment("a", 1))
      try eventually("a beat") { sandbox.exists("ledger") && sandbox.read("ledger").contains("beat a 1") }
      first.signal(SIGKILL)
      try first.wait()
      try sandbox.start(["sh", sandbox.path("task.sh"), "plain"], environment: environment("a", 2)).wait()
      try eventually("a beat after the second start") {
        try LedgerLaws(plan: LedgerPlan(upstreams: ["a": []])).breaches(sandbox.ledger()).count >= 2
      }
      #expect(try sandbox.ledger().count(.overlap) == 1)
    }
  }
}
