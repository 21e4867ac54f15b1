import Foundation

/// The command that a workflow runs at the end of each of its runs.
struct FinishCommand {
  let command: String
  let workingDirectory: String
  let environment: [String: String]
  let stdout: String
  let stderr: String

  /// - Parameters:
  ///   - inherited: `NAME=value`.
  ///   - logs: the folder of its log files, `on_finish.o<run>` and `.e<run>`.
  ///   - folder: where it runs.
  init(
    _ command: String, of result: RunResult, run: WorkflowRunID, inherited: [String], logs: String,
    in folder: String
  ) {
    self.command = command
    workingDirectory = folder
    stdout = "\(logs)/on_finish.o\(run)"
    stderr = "\(logs)/on_finish.e\(run)"
    let own = [
      "JOBMON_STATUS": result.status.rawValue, "JOBMON_WORKFLOW_ID": "\(result.workflowID)",
      "JOBMON_WORKFLOW_RUN_ID": "\(run)", "JOBMON_WORKFLOW_NAME": result.name,
      "JOBMON_TASKS_TOTAL": "\(result.tasksTotal)", "JOBMON_TASKS_DONE": "\(result.tasksDone)",
      "JOBMON_TASKS_PREVIOUSLY_DONE": "\(result.tasksPreviouslyDone)",
      "JOBMON_TASKS_FATAL": "\(result.tasksFatal)", "JOBMON_TASKS_PENDING": "\(result.tasksPending)",
      "JOBMON_RETRIES": "\(result.retries)",
    ]
    let variables = inherited.map { variable in
      let name = variable.prefix { $0 != "=" }
      return (String(name), String(variable.dropFirst(name.count + 1)))
    }
    environment = Dictionary(variables, uniquingKeysWith: { $1 }).merging(own) { $1 }
  }

  /// Runs it to its end; an interrupt that comes meanwhile ends it.
  ///
  /// - Returns: what went wrong, for a person; nil where nothing did.
  func run(_ mailbox: Mailbox<Letter>) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: workingDirectory)
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.terminationHandler = { _ in mailbox.post([.finishCommandEnded]) }
    do {
      process.standardOutput = try PrivateFile.open(stdout)
      process.standardError = try PrivateFile.open(stderr)
      try process.run()
    } catch {
      return "on_finish could not be started: \(error.localizedDescription)"
    }
    waiting: while true {
      for letter in mailbox.take(within: nil) {
        switch letter {
        case .finishCommandEnded: break waiting
        case .interrupt: process.terminate()
        default: break
        }
      }
    }
    process.waitUntilExit()
    if process.terminationReason == .exit, process.terminationStatus == 0 { return nil }
    let how = process.terminationReason == .exit ? "exit code" : "signal"
    return "on_finish ended with \(how) \(process.terminationStatus): see \(stderr)"
  }
}
