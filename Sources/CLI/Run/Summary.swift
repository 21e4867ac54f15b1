import Foundation
import JobmonCore

/// The summary printed at the end of a run.
struct Summary {
  static let mostFailures = 10

  let result: RunResult
  let resumeCommand: String
  let colors: Colors
  /// Whether the elapsed time is meaningful.
  var hasElapsed = true

  var text: StyledText {
    var lines: [StyledText] = [""]
    let word = StyledText(result.status.rawValue)
    let painted = result.status == .done ? colors.green(colors.bold(word)) : colors.red(colors.bold(word))
    lines.append(
      "\(painted)  workflow \(result.workflowID) (\(result.name))\(result.reason.map { ": \($0)" } ?? "" as StyledText)"
    )
    var counts: StyledText = "  tasks    \(result.tasksDone) of \(result.tasksTotal) done"
    if result.tasksPreviouslyDone > 0 { counts += " (\(result.tasksPreviouslyDone) by earlier runs)" }
    if result.tasksFatal > 0 { counts += ", \(result.tasksFatal) fatal" }
    if result.tasksPending > 0 { counts += ", \(result.tasksPending) pending" }
    lines.append(counts)
    lines.append(
      hasElapsed
        ? "  elapsed  \(SpanText.text(result.elapsedSeconds)), \(Self.retries(result.retries))"
        : "  retries  \(result.retries)")
    if let slowest = result.slowestTasks.first, slowest.seconds >= 1 {
      let list = result.slowestTasks.prefix(3).map {
        "\($0.name) (\(SpanText.text($0.seconds)))" as StyledText
      }
      lines.append("  slowest  \(list.joined(separator: ", "))")
    }
    for task in result.failedTasks.prefix(Self.mostFailures) {
      lines.append("  \(colors.red("failed"))   \(task.name) (task \(task.taskID)): \(task.reason)")
      if let stderr = task.stderr { lines.append("           \(colors.faint(StyledText(stderr)))") }
    }
    if result.failedTasks.count > Self.mostFailures {
      lines.append(
        "           and \(result.tasksFatal - Self.mostFailures) more: jobmon workflow tasks -w \(result.workflowID) -s FATAL -l 0"
      )
    }
    if result.failedTasks.count > 1 {
      lines.append("  errors   jobmon workflow errors -w \(result.workflowID)")
    }
    if result.status != .done, result.status != .terminated {
      lines.append("  resume   \(resumeCommand)")
    }
    return lines.joined(separator: "\n")
  }

  private static func retries(_ count: Int) -> String { CountText.of(count, "retry", plural: "retries") }

  func tell() throws(OutputFailure) { try StandardOutput.line(text) }
}
