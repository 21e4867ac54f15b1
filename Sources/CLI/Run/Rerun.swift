import Foundation
import JobmonCore

/// Reruns tasks: in a new run, or in the workflow's live run.
struct Rerun {
  /// Seconds to wait for a live run's answer.
  private static let patience = 10
  /// Microseconds between two checks for the answer.
  private static let lookOut: UInt32 = 20_000

  let options: RerunOptions
  let store: SQLiteStore
  let workflow: WorkflowID

  private var running: RunningOptions { options.running }

  /// - Parameter tasks: the given tasks; all tasks downstream of them are rerun, too.
  func perform(_ tasks: [TaskID]) throws {
    let order = try options.order(workflow, tasks)
    _ = try store.resumable(workflow)
    try store.requireOwn(asRoot: running.asRoot)
    let preview = try store.previewRerun(order)
    if options.dryRun {
      try Listing(preview.listed).tell(running.output)
      return Console.error("nothing was changed (--dry-run)")
    }
    if preview.doneCount > 0, !options.force {
      guard try Confirmation.isGiven(for: preview.description) else {
        return try running.output.tell(changed: 0, "nothing was changed", ["workflow_id": .integer(workflow)])
      }
    }
    var request: Int64?
    while true {
      switch try store.rerun(order, after: request, by: Person.asOperator) {
      case .reset: return try resume()
      case .requested(let id, let holder):
        if try isAccepted(id, by: holder) { return }
        // The live run has ended without changing anything.
        request = id
      }
    }
  }

  /// Waits for the live run's answer, and reports that it has accepted the request.
  ///
  /// - Returns: false if the run has ended without an answer.
  /// - Throws: ``RunRefusal`` if it refuses, or does not answer.
  private func isAccepted(_ request: Int64, by holder: LeaseHolder) throws -> Bool {
    let deadline = Instant.now.monotonic + Int64(Self.patience) * 1000
    while true {
      switch try store.answer(to: request) {
      case .accepted(let changed):
        try running.output.tell(
          changed: changed,
          "run \(holder.run) (process \(holder.driver.pid) on \(holder.driver.host)) runs \(CountText.of(changed, "task")) again",
          ["workflow_id": .integer(workflow), "workflow_run_id": .integer(holder.run)])
        return true
      case .unanswered: return false
      case .open: break
      }
      if Instant.now.monotonic >= deadline {
        throw RunRefusal(
          RerunRefusal.noAnswer(
            workflow, run: holder.run, host: holder.driver.host, seconds: Self.patience))
      }
      usleep(Self.lookOut)
    }
  }

  private func resume() throws {
    let configuration = try running.store.configuration()
    var options = running.runOptions(configuration)
    options.resume = true
    options.takesOver = false
    options.useOriginalResources = self.options.useOriginalResources
    let execution = RunExecution(
      options: running, configuration: configuration, runOptions: options,
      resumeCommand: { [flags = running.store.flags] in "jobmon workflow resume -w \($0)" + flags })
    try execution.perform { try $0.resume(workflow) }
  }
}

/// A task that would be rerun.
private struct RerunRow: ListedRow {
  var task: TaskRow
  var override: ResourceOverride?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case status
    case memory = "new_memory"
    case runtime = "new_runtime"
  }

  var values: [JSONValue] {
    [
      .integer(task.id), .string(task.name), .string(task.status.rawValue), JSONValue(override?.memory),
      JSONValue(override?.runtime),
    ]
  }

  var shown: [JSONValue] {
    Array(values.prefix(3)) + [JSONValue(override?.memory.map { MemorySize.text($0) }), values[4]]
  }
}

extension RerunPreview {
  fileprivate var listed: [RerunRow] {
    var own: [TaskID: ResourceOverride] = [:]
    for override in overrides { own[firstTask + TaskID(override.task)] = override }
    return tasks.map { RerunRow(task: $0, override: own[$0.id]) }
  }

  /// `3 tasks of workflow 1 run again, 2 of them DONE: a, b, c`
  fileprivate var description: String {
    let names = tasks.prefix(10).map(\.name).joined(separator: ", ")
    let counts =
      tasks.count == 1
      ? "1 task of workflow \(workflow) that is DONE runs again"
      : "\(tasks.count) tasks of workflow \(workflow) run again, \(doneCount) of them DONE"
    return "\(counts): \(names)\(tasks.count > 10 ? ", …" : "")"
  }
}
