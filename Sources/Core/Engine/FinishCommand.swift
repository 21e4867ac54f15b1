import Foundation

/// The command that a workflow runs at the end of each of its runs.
struct FinishCommand {
  let command: String
  let workingDirectory: String
  /// `NAME=value`.
  let environment: [String]
  let stdout: String
  let stderr: String

  /// - Parameter files: where a run's log files would go: `on_finish.o<run>` and `.e<run>`.
  init(
    _ command: String, of result: RunResult, run: WorkflowRunID, options: RunOptions, storeID: String,
    in folder: String
  ) {
    self.command = command
    workingDirectory = folder
    let logs = "\(options.logs)/\(result.workflowID)-\(storeID.prefix(6))"
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
    let inherited = options.environment.filter { variable in
      own[String(variable.prefix { $0 != "=" })] == nil
    }
    environment = inherited + own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Runs it to its end; an interrupt that comes meanwhile ends it.
  ///
  /// - Returns: what went wrong, for a person; nil where nothing did.
  func run(_ mailbox: Mailbox<Letter>) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = URL(fileURLWithPath: workingDirectory)
    process.environment = Dictionary(
      environment.map { variable in
        let name = variable.prefix { $0 != "=" }
        return (String(name), String(variable.dropFirst(name.count + 1)))
      }, uniquingKeysWith: { $1 })
    process.standardInput = FileHandle.nullDevice
    process.terminationHandler = { _ in mailbox.post([.finishCommandEnded]) }
    do {
      process.standardOutput = try Self.open(stdout)
      process.standardError = try Self.open(stderr)
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

  private static func open(_ path: String) throws -> FileHandle {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try Data().write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }
}
