import JobmonCore
import TestSupport
import Testing

@testable import JobmonCLI

/// The messages of all refusals, as the program prints them.
struct RefusalGoldenTests {
  private static let own: [any RefusalReason] =
    ([
      .parser("Unknown option '--x'"), .badValue(option: "--control", .descriptors("x")),
      .badValue(option: "--set", .assignment("x")), .badValue(option: "-s", .word("x", ["PENDING", "DONE"])),
      .badValue(option: "-s", .word("runing", ["PENDING", "RUNNING"])),
      .badValue(option: "--longer-than", .length("x")),
      .badValue(option: "--sort", .column("durration", nearest: "duration", known: ["duration"])),
      .badValue(option: "--sort", .column("x", nearest: nil, known: ["duration", "node"])),
      .badValue(option: "--sort", .order("duration:up", column: "duration")),
      .noCommand("status", nearest: ["workflow status", "task status"], group: nil),
      .noCommand("workflow x", nearest: [], group: "workflow"), .noCommand("x", nearest: [], group: nil),
      .badValue(option: "-a", .jsonObject("x")), .badValue(option: "-l", .rowCount),
      .badValue(option: "--older-than", .spanOrTime("x")), .badValue(option: "--since", .timeOrSpan("x")),
      .badValue(option: "-s", .doneOrAgain("x")),
      .badValue(option: "--memory", .resourceChange("y", example: "8G, or a factor such as x1.5")),
      .badValue(option: "--events", .eventFile("/f", reason: "Permission denied")), .notUTF8("x\u{FFFD}"),
      .noConfirmation, .fileExists("/f"), .unwritable("/f", option: "--output", reason: "Permission denied"),
      .badOptionKey("clusters.x"), .optionsElsewhere,
    ] as [UsageFault])
    + ([
      .database("/db", workflow: "3"), .database("/db", workflow: nil), .attempt(2, of: "task 9"),
      .logs(of: "task 9"),
      .log("/l", reason: "Permission denied"), .instance("/f", reason: "Permission denied"), .usage([3, 4]),
    ] as [AbsenceFault])
    + ([
      .noWorkflow("night"), .noOwnWorkflow(user: "ann"),
      .workflows(
        "night", ["4 (night, 2026-01-31T08:15:00.000Z)", "3 (night, 2026-01-30T08:15:00.000Z)"], isAll: true),
      .workflows("night", ["9 (night, 2026-01-31T08:15:00.000Z)"], isAll: false), .noTask("align_17", in: 3),
      .noTaskOfTemplate("align", in: 3), .tasks("align", [4, 5], count: 2),
      .tasks("align", [4, 5], count: 7),
    ] as [ChoiceFault])

  /// The program's own reasons, and reasons of the core to which the program adds advice.
  @Test("the messages match the golden file")
  func sentences() throws {
    try SentenceGolden(
      CoreRefusals.all.filter { $0.advice != nil } + Self.own,
      enums: [
        ("UsageFault", "CLI/UsageFault.swift"), ("UsageFault.Value", "CLI/UsageFault.swift"),
        ("AbsenceFault", "CLI/UsageFault.swift"), ("ChoiceFault", "CLI/Arguments/ChoiceFault.swift"),
      ]
    ).check("CLITests/Golden/refusals.txt") { RunRefusal($0).commandDescription }
  }

  /// An advice alone, printed like a refusal.
  private struct Told: RefusalReason {
    var advice: Advice?
    var code: RunRefusal.Code { .invalidUsage }
    var message: String { "MESSAGE" }
  }

  @Test("all advice matches the golden files of the program and of the library")
  func advice() throws {
    try SentenceGolden(
      Advice.examples.map { Told(advice: $0) }, enums: [("Advice", "Core/Model/Advice.swift")]
    ).check("CLITests/Golden/advice.txt") { RunRefusal($0).commandDescription }
    try SentenceGolden(
      Advice.examples.map { Told(advice: $0) }, enums: [("Advice", "Core/Model/Advice.swift")]
    ).check("CLITests/Golden/advice-in-library.txt") { $0.description }
  }

  @Test("advice without a message has no separator")
  func alone() {
    #expect(Advice.unpause(3).commands(after: "") == "jobmon workflow concurrency -w 3 -m N continues it")
  }
}

extension Advice {
  fileprivate static let examples: [Advice] = [
    .resume, .resumeDone, .resumeByID(unfinished: []), .resumeByID(unfinished: [3, 4]),
    .acceptChanges(holding: 3, of: 5, again: 2, atMost: 5), .acceptChangesByRun, .confirmMove,
    .moveBeforeChanges, .rerunChanged, .waitOrTakeOver(3), .stopFirst(3), .stopBeforeChanges(3),
    .endRuns(first: 3), .endAttempts(3), .raiseLimit(3, template: nil), .raiseLimit(3, template: "a b"),
    .setSingleTasks, .nameOtherDatabase, .makeDatabaseByRun, .upgradeDatabase, .restoreCopy,
    .restoreCopyKeeping, .useOtherCopy, .runAsOwner("ann"), .cancelOnInterrupt, .chooseLogFolder,
    .chooseOneCluster, .answerCallbacks, .resumeWith(3), .tryAgain(3, historyOf: nil),
    .tryAgain(3, historyOf: 9), .unpause(3), .changeLimit(3, template: nil),
    .changeLimit(3, template: "count"), .restoreOrRemove, .setBackAndResume, .resumeResetting,
    .takenOverByResume, .judgeResult(of: 9),
  ]
}
