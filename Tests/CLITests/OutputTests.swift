import Foundation
import JobmonCore
import Testing

@testable import JobmonCLI

@Suite("Output of the program")
struct OutputTests {
  private struct TaskRow: ListedRow {
    var values: [JSONValue]

    enum CodingKeys: String, CodingKey, CaseIterable {
      case id = "task_id"
      case name = "task_name"
      case retries, hosts
    }
  }

  private struct Pair: ListedRow {
    var values: [JSONValue]

    enum CodingKeys: CodingKey, CaseIterable { case a, b }
  }

  private func listing() -> Listing<TaskRow> {
    Listing([
      TaskRow(values: [7, "a\nb", 12, ["n1", "n2"]]), TaskRow(values: [100, "long name", .null, []]),
    ])
  }

  @Test("columns of tables are as wide as needed, and numbers are right-aligned")
  func table() {
    #expect(
      listing().table() == """
        TASK_ID  TASK_NAME  RETRIES  HOSTS
              7  a b             12  n1,n2
            100  long name        -
        """)
    #expect(Listing<Pair>().table() == "A  B")
    // Columns are as wide as a terminal displays the texts, whatever characters they contain.
    let wide = Listing(
      ["‘é’", "e\u{301}\u{302}", "👨\u{200D}👩x", "ab\n\tc"].map { Pair(values: [.string($0), "|"]) })
    #expect(
      wide.table() == """
        A      B
        ‘é’    |
        e\u{301}\u{302}      |
        👨\u{200D}👩x    |
        ab  c  |
        """)
  }

  @Test("JSON has the column names in lower case, and numbers as numbers")
  func json() {
    #expect(
      listing().json == """
        [{"task_id":7,"task_name":"a\\nb","retries":12,"hosts":["n1","n2"]},
         {"task_id":100,"task_name":"long name","retries":null,"hosts":[]}]
        """)
    #expect(Listing<Pair>().json == "[]")
  }

  private var result: RunResult {
    RunResult(
      workflowID: 3, workflowRunID: 4, name: "n", workflowArgs: "x", status: .error, tasksTotal: 5,
      tasksDone: 2,
      tasksPreviouslyDone: 1, tasksFatal: 1, tasksPending: 2, retries: 2, elapsedSeconds: 1.5,
      failedTasks: [
        FailedTask(
          taskID: 9, name: "bad", attempts: 3, reason: "exit code 1; the last of 3 attempts", cause: "exit",
          exitCode: 1,
          signal: nil, stdout: "/l/bad.o1", stderr: "/l/bad.e1", stderrTail: "oh\nno")
      ], reason: nil, slowestTasks: [])
  }

  @Test("a result has every documented key, null if there is no value")
  func resultKeys() throws {
    let text = ResultJSON.text(of: result, resumeCommand: "jobmon workflow_resume -w 3")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(
      Set(object.keys) == [
        "workflow_id", "workflow_run_id", "name", "workflow_args", "status", "tasks_total", "tasks_done",
        "tasks_previously_done", "tasks_fatal", "tasks_pending", "retries", "elapsed_seconds", "failed_tasks",
        "resume_command",
      ])
    let failed = try #require((object["failed_tasks"] as? [[String: Any]])?.first)
    #expect(
      Set(failed.keys) == [
        "task_id", "name", "attempts", "reason", "cause", "exit_code", "signal", "stdout", "stderr",
        "stderr_tail",
      ])
    #expect(failed["signal"] is NSNull)
    #expect(!text.contains("\n"))
  }

  @Test("a refusal is one JSON object with its code")
  func refusal() {
    let text = ResultJSON.text(of: RunRefusal(StoreRefusal.beingStored(3)))
    #expect(
      text
        == #"{"error":{"code":"workflow_held","column":null,"file":null,"line":null,"message":"another process is storing workflow 3: try again later","workflow_id":3},"status":"REFUSED"}"#
    )
  }

  @Test("the summary names the result, the failures, their logs, and the command for a resume")
  func summary() {
    let colors = Colors(setting: "never", terminal: false)
    #expect(
      Summary(result: result, resumeCommand: "jobmon workflow_resume -w 3", colors: colors).text == """

        ERROR  workflow 3 (n)
          tasks    2 of 5 done (1 by earlier runs), 1 fatal, 2 pending
          elapsed  1.50 s, 2 retries
          failed   bad (task 9): exit code 1; the last of 3 attempts
                   /l/bad.e1
          resume   jobmon workflow_resume -w 3
        """)
  }

  @Test(
    "every refusal code has the documented exit status",
    arguments: [
      (RunRefusal.Code.invalidFile, 2), (.invalidUsage, 2), (.notFound, 2), (.workflowExists, 3),
      (.workflowDone, 3),
      (.workflowDiffers, 3), (.workflowHeld, 3), (.notResumable, 3), (.unknownCluster, 2),
      (.clusterUnavailable, 4),
      (.storeUnavailable, 1),
    ] as [(RunRefusal.Code, Int32)])
  func exitCodes(code: RunRefusal.Code, status: Int32) {
    #expect(code.exitCode == status)
    #expect(StoreError.full(path: "p").code == .storeUnavailable)
  }

  @Test(
    "durations are written with units",
    arguments: [
      (0.123, "0.12 s"), (12.34, "12.3 s"), (125, "2 min 5 s"), (7300, "2 h 1 min"), (100_000, "1 d 3 h"),
    ])
  func durations(seconds: Double, text: String) { #expect(SpanText.text(seconds) == text) }

  @Test("a rate needs at least a second of progress")
  func rate() {
    var estimate = RateEstimate()
    estimate.note(done: 0, elapsed: 0)
    #expect(estimate.perSecond == nil)
    estimate.note(done: 50, elapsed: 2000)
    #expect(estimate.perSecond == 25)
  }

  @Test("JSON text is decoded to the same value")
  func jsonText() throws {
    let text = "a\"b\\c/\u{1}\t\r\n é 🐢"
    #expect(JSONText.line(.string(text)) == #""a\"b\\c/\u0001\t\r\n é 🐢""#)
    let value: JSONValue = .object([
      "b": .array([.null, .bool(true), .integer(-7), .number(0.25), .number(3)]), "a": .string(text),
      "": .object([:]),
    ])
    let line = JSONText.line(value)
    #expect(line.hasPrefix(#"{"":{},"a":"#) && line.hasSuffix(#""b":[null,true,-7,0.25,3]}"#))
    let read = try JSONDecoder().decode([String: JSONValue].self, from: Data(line.utf8))
    #expect(read["a"] == .string(text))
  }

  @Test("points in time are read as times or as spans before now")
  func times() {
    let now = Timestamp(milliseconds: 1_000_000_000_000)
    #expect(PointInTime.parse("2h", now: now)?.rawValue == 999_992_800_000)
    #expect(PointInTime.parse("1970-01-02T00:00:00Z")?.rawValue == 86_400_000)
    #expect(PointInTime.parse("1970-01-01T01:00:00.250+01:00")?.rawValue == 250)
    for wrong in ["soon", "2026-13-01", "7", ""] {
      #expect(PointInTime.parse(wrong, now: now) == nil, "\(wrong)")
    }
  }
}
