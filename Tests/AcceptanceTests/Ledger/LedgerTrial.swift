import Foundation
import Testing

/// One ledger workflow in a sandbox: run, crashed and resumed by the test, then checked.
struct LedgerTrial {
  let sandbox: Sandbox
  let workflow: LedgerWorkflow
  let file: String

  init(_ workflow: LedgerWorkflow, in sandbox: Sandbox? = nil) throws {
    let sandbox = try sandbox ?? Sandbox()
    self.sandbox = sandbox
    self.workflow = workflow
    file = try sandbox.write("workflow.json", workflow.file(script: sandbox.path("task.sh")))
    try sandbox.write("ledger", "")
  }

  /// One command that waits until the test opens `gate`, and `count` commands that wait for it.
  static func gated(_ sandbox: Sandbox, after count: Int) throws -> LedgerTrial {
    let steps =
      [LedgerWorkflow.Step("wait", "gate", sandbox.path("gate"))]
      + (0..<count).map { LedgerWorkflow.Step("after\($0)", after: ["wait"]) }
    return try LedgerTrial(LedgerWorkflow(steps: steps), in: sandbox)
  }

  /// Starts the first run and waits until its first task waits at the gate.
  func startToGate(_ more: [String] = []) throws -> Child {
    let run = try start(resume: false, more)
    try eventually("the gate: \(run.stderr)") {
      sandbox.read("ledger").contains("start wait") || run.hasEnded
    }
    return run
  }

  /// Starts a run: the first one, or a resume.
  func start(_ more: [String]) throws -> Child { try start(resume: true, more) }

  /// Starts a run: the first one, or a resume.
  func start(resume: Bool = true, _ more: [String] = [], environment: [String: String] = [:]) throws -> Child
  {
    let arguments =
      ["run", file, "--no-progress", "--resume-timeout", "20"] + (resume ? ["--resume"] : []) + more
    return try sandbox.start(
      ["\(Sandbox.programs)/jobmon"] + arguments, environment: environment)
  }

  /// The names of the tasks with this status in the store.
  func tasks(_ status: String) throws -> [String] {
    guard let id = try workflowID() else { return [] }
    return try sandbox.rows("workflow_tasks", "-w", String(id), "-l", "0", "-s", status)
      .compactMap { $0["task_name"] as? String }
  }

  /// The id of the workflow; nil if none is bound.
  func workflowID() throws -> Int? {
    guard FileManager.default.fileExists(atPath: sandbox.environment["JOBMON_DATABASE"]!) else { return nil }
    return try sandbox.rows("workflow_status", "-l", "0").first?["wf_id"] as? Int
  }

  /// Writes the DONE tasks of the store into the ledger. Call it only while no driver is alive.
  func recordStore() throws {
    let done = try tasks("DONE")
    try sandbox.mark(done.map { "done \($0)" } + ["crash"])
  }

  /// Resumes to the end, and checks that every law holds and everything is DONE.
  func finishAndCheckLaws(_ context: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let finished = try start().wait(60)
    #expect(
      finished.status == 0, "\(context): the resume ended with \(finished)", sourceLocation: sourceLocation)
    try checkLaws(context, sourceLocation: sourceLocation)
    try expectAllDone(context, sourceLocation: sourceLocation)
    let check = try sandbox.run("db_check")
    #expect(check.status == 0, "\(context): db_check found \(check)", sourceLocation: sourceLocation)
  }

  /// Checks that every task, and the workflow itself, is DONE in the store.
  func expectAllDone(_ context: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws {
    let missing = try Set(workflow.steps.map(\.name)).subtracting(tasks("DONE"))
    #expect(missing.isEmpty, "\(context): not DONE", sourceLocation: sourceLocation)
    let status = try sandbox.rows("workflow_status", "-l", "0").first?["wf_status"] as? String
    #expect(status == "DONE", "\(context)", sourceLocation: sourceLocation)
  }

  /// Checks the ledger against the laws, and that no process of the sandbox is left.
  func checkLaws(
    _ context: String, mayRestart: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try recordStore()
    let breaches = LedgerLaws(plan: workflow.plan, mayRestart: mayRestart).breaches(try sandbox.ledger())
    #expect(
      breaches.isEmpty, "\(context): \(breaches)\n\(sandbox.read("ledger"))", sourceLocation: sourceLocation)
    // The worker may still be ending, but its commands must be gone when the driver has ended.
    let left = sandbox.processes().filter { $0.program != "jobmon-worker" }
    #expect(left.isEmpty, "\(context): left running: \(left)", sourceLocation: sourceLocation)
    try eventually("\(context): the worker ends", within: 5) { sandbox.processes().isEmpty }
  }
}

extension Sandbox {
  /// How many commands have started, according to the ledger.
  func starts() throws -> Int { try ledger().lines.filter { $0.word == .start }.count }

  /// The output of a listing with `-n`: an array of objects.
  func rows(_ arguments: String...) throws -> [[String: Any]] {
    try start(["\(Self.programs)/jobmon"] + arguments + ["-n"]).wait().rows()
  }
}

extension Child.Finished {
  /// The JSON array on stdout.
  func rows() throws -> [[String: Any]] {
    guard status == 0,
      let rows = try? JSONSerialization.jsonObject(with: Data(stdout.utf8)) as? [[String: Any]]
    else { throw HarnessError("no JSON array on stdout: \(self)") }
    return rows
  }

  /// The single JSON object on stdout.
  func object() throws -> [String: Any] {
    guard let object = try? JSONSerialization.jsonObject(with: Data(stdout.utf8)) as? [String: Any] else {
      throw HarnessError("no JSON object on stdout: \(self)")
    }
    return object
  }
}
