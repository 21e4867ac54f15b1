import Foundation
import JobmonExecution
import JobmonModel
import Logging

/// The command that a workflow runs at the end of each of its runs (`on_finish`).
///
/// It runs like a task, with a separate executor and in its own process group. Processes that it leaves behind are
/// ended with it, so a surviving child does not block the run.
struct FinishCommand {
  /// The executor's index, distinct from those of the run's clusters, which start at 0.
  private static let place = -1
  private static let instance: TaskInstanceID = 0

  let command: String
  let stdout: String
  let stderr: String
  private let environment: [String]
  private let context: ExecutorContext

  /// - Parameters:
  ///   - logs: the folder of its log files, `on_finish.o<run>` and `.e<run>`.
  ///   - folder: the working directory.
  init(
    _ command: String, of result: RunResult, run: WorkflowRunID, runUUID: String, options: RunOptions,
    logs: String, in folder: String
  ) {
    self.command = command
    (stdout, stderr) = LogFiles.finish(of: run, in: logs)
    // The run is over, so the command does not wait for a share of the machine.
    context = ExecutorContext(
      cluster: "on_finish", options: ["share_machine": .bool(false)], runUUID: runUUID,
      workingDirectory: folder, environment: options.environment, killGrace: options.killGrace,
      logger: Logger(label: "on_finish"))
    environment = [
      "JOBMON_STATUS=\(result.status.rawValue)", "JOBMON_WORKFLOW_ID=\(result.workflowID)",
      "JOBMON_WORKFLOW_RUN_ID=\(run)", "JOBMON_WORKFLOW_NAME=\(result.name)",
      "JOBMON_TASKS_TOTAL=\(result.tasksTotal)", "JOBMON_TASKS_DONE=\(result.tasksDone)",
      "JOBMON_TASKS_PREVIOUSLY_DONE=\(result.tasksPreviouslyDone)",
      "JOBMON_TASKS_FATAL=\(result.tasksFatal)", "JOBMON_TASKS_PENDING=\(result.tasksPending)",
      "JOBMON_RETRIES=\(result.retries)",
    ]
  }

  /// Runs the command to its end. The first interrupt cancels the command, the second quits at once.
  ///
  /// - Parameters:
  ///   - makeExecutor: nil if no executor for commands on this machine exists.
  ///   - notice: called with messages for the user, such as a cancellation or a fault.
  func run(_ mailbox: Mailbox<Message>, by makeExecutor: PluginRegistry.Factory?, notice: (String) -> Void) {
    guard let makeExecutor else {
      return notice("on_finish was not run: this program cannot run commands on this machine")
    }
    let executor = makeExecutor()
    do {
      try executor.start(context, events: MailboxSink(mailbox: mailbox, cluster: Self.place))
    } catch {
      return notice("on_finish could not start: \(error)")
    }
    executor.submit(batch)
    var interrupts = 0
    while true {
      for message in mailbox.take(within: nil) {
        switch message {
        case .engine(.executor(Self.place, .ended(_, let outcome))):
          executor.stop(.cancelAll)
          if let fault = fault(of: outcome) { notice(fault) }
          return
        case .engine(.executor(Self.place, .log(.warning, let text))),
          .engine(.executor(Self.place, .log(.error, let text))):
          notice("on_finish: \(text)")
        case .interrupt:
          interrupts += 1
          if interrupts > 1 {
            executor.stop(.leaveRunning)
            return notice("on_finish was cancelled")
          }
          notice("cancelling on_finish; press Ctrl-C again to quit now")
          executor.cancel([Self.instance])
        default: break  // The run is over; events of its clusters no longer matter.
        }
      }
    }
  }

  private var batch: Batch {
    let token = "\(context.tokenPrefix)-finish"
    return Batch(
      token: token, template: "on_finish", resources: ResourceRequest(),
      tasks: [
        BatchTask(
          index: 0, instance: Self.instance, name: "on_finish", command: command, node: nil,
          environment: environment + ["JOBMON_TOKEN=\(token).0"], stdout: stdout, stderr: stderr)
      ])
  }

  /// The fault, for the user; nil if there is none.
  private func fault(of outcome: Outcome) -> String? {
    let log = OSFile.exists(stderr) ? "; its output is in \(stdout) and \(stderr)" : ""
    return switch outcome.cause {
    case .exit(0): nil
    case .interrupted: "on_finish was cancelled\(log)"
    case .launchFailure: "on_finish \(FailureText.reason(outcome.cause, message: outcome.message))"
    default: "on_finish failed: \(FailureText.reason(outcome.cause, message: outcome.message))\(log)"
    }
  }
}
