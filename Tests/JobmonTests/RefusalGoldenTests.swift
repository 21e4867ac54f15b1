import Jobmon
import TestSupport
import Testing

/// The messages of all refusals of the library for building workflows.
struct RefusalGoldenTests {
  private static let all: [ToolRefusal] = [
    .badArgument("maxAttempts", expected: "1 or more"),
    .noTask(template: "cuont", workflow: "w", nearest: "count"),
    .noTask(template: "x", workflow: "w", nearest: nil), .differingTemplates("t"),
    .upstreamOutside(task: "a", upstream: "b"), .repeatedCallback("memory_of"), .workflowNotStored("w"),
    .storedDifferently(3), .taskOutside("a"), .taskNotStored("a"),
  ]

  @Test("the messages match the golden file")
  func sentences() throws {
    try SentenceGolden(Self.all, enums: [("ToolRefusal", "Jobmon/ToolRefusal.swift")])
      .check("JobmonTests/Golden/refusals.txt") { $0.description }
  }
}
