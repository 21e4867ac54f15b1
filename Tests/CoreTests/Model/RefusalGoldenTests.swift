import JobmonCore
import Testing
import TestSupport

/// The messages of all refusals of the core, as programs that use the library get them.
struct RefusalGoldenTests {
  @Test("the messages match the golden file")
  func sentences() throws {
    try SentenceGolden(CoreRefusals.all, enums: CoreRefusals.enums)
      .check("CoreTests/Golden/refusals.txt") { $0.description }
  }

  @Test("a case without an example is reported")
  func missingCase() {
    let some: [any RefusalReason] = [StoreRefusal.notRunning(3), StoreRefusal.noDatabase(path: "/db")]
    let fault = #expect(throws: SentenceGolden.Fault.self) {
      try SentenceGolden(some, enums: [("StoreRefusal", "Core/Store/StoreRefusal.swift")])
        .check("CoreTests/Golden/refusals.txt") { $0.description }
    }
    #expect(
      fault?.description.hasPrefix("StoreRefusal has 10 cases and examples of 2 of them; without") == true)
    let value: [any RefusalReason] = [ControlFault.noID, ControlFault.unknownType("x")]
    #expect(throws: SentenceGolden.Fault.self) {
      try SentenceGolden(value, enums: [("ControlFault", "Core/Engine/PreflightRefusal.swift")])
        .check("CoreTests/Golden/refusals.txt") { $0.description }
    }
  }

  @Test("no message of the library names an option or a command of the program")
  func noFlags() {
    for reason in CoreRefusals.all {
      #expect(!reason.description.contains(#/--[a-z]|\bjobmon (run|bind|[a-z]+_[a-z]+)|\badd -/#))
    }
  }

  @Test("a refusal has the message, code and advice of its reason, and its description starts with the place")
  func description() {
    let refusal = RunRefusal(
      MemberFault("tasks", ValueFault.notScalable), in: FilePlace("f.yaml", line: 3, column: 9))
    #expect("\(refusal)" == "f.yaml:3:9: tasks: only memory and runtime can be scaled")
    #expect(refusal.message == "tasks: only memory and runtime can be scaled")
    #expect(refusal.code == .invalidFile)
    #expect((refusal.file, refusal.line, refusal.column) == ("f.yaml", 3, 9))
    let held = RunRefusal(StoreRefusal.held(3, by: 7, host: "h"))
    #expect(held.message == "workflow 3 is held by run 7 on h")
    #expect("\(held)" == "workflow 3 is held by run 7 on h: stop it first")
    #expect(held.advice == .stopFirst(3))
    #expect(held.workflowID == 3)
  }
}
