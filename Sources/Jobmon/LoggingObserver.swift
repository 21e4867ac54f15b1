import JobmonCore
import Logging
import OSText

/// Logs messages for users.
struct LoggingObserver: RunObserver {
  private let logger = Logger(label: "jobmon")

  var wantsEvents: Bool { false }
  func began(_ start: RunStart) {
    logger.info(
      "workflow \(start.workflowID) (\(VisibleText.line(start.name))), run \(start.workflowRunID): \(start.tasksTotal) tasks"
    )
  }
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {
    logger.warning(
      "\(willRetry ? "retry" : "failed"): \(VisibleText.line(task.name)) (task \(task.taskID), attempt \(attempt)): \(VisibleText.line(task.reason))"
    )
  }
  func changed(_ events: [StatusEvent]) {}
  func noticed(_ text: String) { logger.notice("\(VisibleText.of(text))") }
  func interrupted(_ interruption: RunInterruption) {}
}
