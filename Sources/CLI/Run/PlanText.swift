import Foundation
import JobmonCore

/// A plan, for people and for programs.
struct PlanText {
  let plan: RunPlan

  /// The maximum number of lines and characters shown of a command; the important part is at its beginning.
  private static let (mostLines, mostCharacters) = (6, 600)

  /// Why the run would be refused, and what to do. The plan already shows the changes of a workflow.
  static func refused(_ refusal: RunRefusal) -> StyledText {
    guard refusal.code == .workflowDiffers, let head = refusal.message.split(separator: "\n").first else {
      return StyledText(message: "jobmon: a run would be refused: \(refusal.commandDescription)")
    }
    let text = refusal.advice?.commands(after: "\(head) see the plan") ?? "\(head)"
    return StyledText(message: "jobmon: a run would be refused: \(text)")
  }

  // MARK: For people

  private func text(_ layout: TableLayout) -> StyledText {
    var parts = [head]
    if let changes = plan.changes {
      parts.append("\(changesTitle)\n\(StyledText(lines: changes.lines.joined(separator: "\n")))")
      if changes.keptWithOtherOpArgs > 0 {
        parts[parts.count - 1] +=
          "\n             \(changes.keptWithOtherOpArgs) with other op_args: --rerun-changed runs them again"
      }
    }
    let (table, hidden) = Listing(plan.shares.map(ShareRow.init)).table(layout)
    parts.append(table)
    if !hidden.isEmpty {
      parts[parts.count - 1] += "\nnot shown: \(hidden.joined(separator: ", ")) (--json shows all)"
    }
    parts.append("first command of each template:\n\(commands)")
    parts.append("nothing was run (--dry-run)")
    return parts.joined(separator: "\n\n")
  }

  private var head: StyledText {
    var lines: [StyledText] = [
      "\(plan.name): \(count), \(plan.tasksPreviouslyDone) done, \(plan.tasksToRun) to run; critical path: \(CountText.of(plan.criticalPath, "task"))"
    ]
    if let id = plan.workflowID { lines.append("workflow: \(id)") }
    lines.append("folder: \(plan.folder)")
    if let limit = plan.limit {
      lines.append(
        "limit: \(limit == 0 ? "0 (paused: no task starts)" : "\(CountText.of(limit, "task")) at a time")")
    }
    if let holder = plan.asksToHandOver {
      lines.append("held by \(holder)\n  it would be asked to hand the workflow over")
    }
    if plan.tasksToRun == 0, plan.refusal == nil { lines.append("all tasks are done: nothing to run") }
    return lines.joined(separator: "\n")
  }

  private var count: String { CountText.of(plan.tasksTotal, "task") }

  private var changesTitle: StyledText {
    let id = plan.workflowID.map { " \($0)" } ?? ""
    return plan.refusal?.code == .workflowDiffers
      ? "workflow\(id) has changed; if the changes are accepted:" : "workflow\(id) has changed:"
  }

  /// The first command that would run, for each template.
  private var commands: StyledText {
    var seen: Set<String> = []
    return plan.shares.sorted { $0.toRun > 0 && $1.toRun == 0 }.filter { seen.insert($0.template).inserted }
      .sorted { order[$0.template]! < order[$1.template]! }
      .map { share -> StyledText in
        let limit = share.limit.map { $0 == 0 ? "; paused (limit 0)" : "; at most \($0) at a time" } ?? ""
        let state = share.toRun == 0 ? "; done" : ""
        return "  \(share.template): \(share.example)\(state)\(limit)\n\(Self.indented(share.command))"
      }.joined(separator: "\n")
  }

  private var order: [String: Int] {
    Dictionary(
      plan.shares.enumerated().map { ($0.element.template, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func indented(_ command: String) -> StyledText {
    let short = command.prefix(mostCharacters)
    var lines = short.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.count > 1, lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
    let isCut = short.count < command.count || lines.count > mostLines
    let text = lines.prefix(mostLines).map { "    \($0)" }.joined(separator: "\n")
    return StyledText(lines: text + (isCut ? " …" : ""))
  }

  // MARK: For programs

  private var json: [String: JSONValue] {
    let own: [String: JSONValue] = [
      "dry_run": .bool(true), "workflow_id": JSONValue(plan.workflowID), "name": .string(plan.name),
      "workflow_args": JSONValue(plan.workflowArgs), "tasks_total": JSONValue(plan.tasksTotal),
      "tasks_previously_done": JSONValue(plan.tasksPreviouslyDone),
      "tasks_to_run": JSONValue(plan.tasksToRun), "critical_path": JSONValue(plan.criticalPath),
      "folder": .string(plan.folder), "max_concurrently_running": JSONValue(plan.limit),
      "held_by": JSONValue(plan.asksToHandOver), "warnings": .array(plan.warnings.map { .string($0) }),
      "arrays": .array(plan.shares.map(Self.json)), "changes": plan.changes.map(Self.json) ?? .null,
      "refusal": plan.refusal.map {
        .object(["code": .string($0.code.rawValue), "message": .string($0.commandMessage)])
      } ?? .null,
    ]
    return own.merging(plan.refusal.map(ResultJSON.object) ?? [:]) { own, _ in own }
  }

  private static func json(_ share: RunPlan.Share) -> JSONValue {
    .object([
      "template": .string(share.template), "tasks": JSONValue(share.tasks), "done": JSONValue(share.done),
      "to_run": JSONValue(share.toRun), "task_name": .string(share.example),
      "command": .string(share.command), "cluster": .string(share.cluster),
      "queue": JSONValue(share.request.queue), "cores": JSONValue(share.request.cores),
      "memory_bytes": JSONValue(share.request.memory), "runtime_seconds": JSONValue(share.request.runtime),
      "max_attempts": JSONValue(share.maxAttempts), "max_concurrently_running": JSONValue(share.limit),
      "priority": JSONValue(share.priority),
    ])
  }

  private static func json(_ changes: ChangePlan.Difference) -> JSONValue {
    .object([
      "templates": .array(
        changes.templates.map {
          .object([
            "template": .string($0.name), "command_before": .string($0.old), "command_after": .string($0.new),
          ])
        }),
      "arguments": .array(
        changes.arguments.map {
          .object([
            "template": .string($0.template), "argument": .string($0.argument), "before": .string($0.before),
            "after": .string($0.after), "tasks": JSONValue($0.tasks),
          ])
        }),
      "kept": JSONValue(changes.kept.count), "again": JSONValue(changes.againCount),
      "unfinished": JSONValue(changes.unfinished.count), "new": JSONValue(changes.added.count),
      "gone": JSONValue(changes.gone.count),
    ])
  }

  func tell(_ output: some OutputChoice) throws(OutputFailure) {
    if output.isJSON { return try StandardOutput.json(JSONText.line(.object(json))) }
    try StandardOutput.line(text(.ofStandardOutput))
  }
}

/// A row of the table: the tasks of one template that go to one queue.
private struct ShareRow: ListedRow {
  var share: RunPlan.Share

  enum CodingKeys: String, CodingKey, CaseIterable {
    case template, tasks, done
    case toRun = "to_run"
    case cluster, queue, cores, memory, runtime
    case attempts
    case limit
    case priority
  }

  /// A template's limit is also shown with its command.
  static var givesWay: [CodingKeys] { [.priority, .limit, .attempts, .queue] }

  var values: [JSONValue] {
    [
      .string(share.template), JSONValue(share.tasks), JSONValue(share.done), JSONValue(share.toRun),
      .string(share.cluster), JSONValue(share.request.queue), JSONValue(share.request.cores),
      JSONValue(share.request.memory.map(MemorySize.text)),
      JSONValue(share.request.runtime.map { SpanText.text(Double($0)) }), JSONValue(share.maxAttempts),
      JSONValue(share.limit), JSONValue(share.priority),
    ]
  }
}
