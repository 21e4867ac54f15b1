import ArgumentParser
import Foundation
import JobmonCore

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the workflow in a file, or resume it with --resume.")

  @Argument(help: "The workflow file, YAML or JSON.")
  var file: String

  @Flag(help: "Continue an unfinished workflow; start it where there is none.")
  var resume = false

  @Option(
    name: .customLong("resume-timeout"),
    help: ArgumentHelp("Seconds to wait for an earlier run to let go.", valueName: "n"))
  var resumeTimeout: Double = 180

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a parameter of the file.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    name: .customLong("workflow-args"),
    help: ArgumentHelp("Override the file's workflow_args.", valueName: "text"))
  var workflowArgs: String?

  @OptionGroup var running: RunningOptions

  func run() throws {
    var overrides = WorkflowFile.Overrides(workflowArgs: workflowArgs)
    for assignment in set {
      guard let sign = assignment.firstIndex(of: "=") else {
        throw RunRefusal(.invalidUsage, "--set takes name=value, not '\(assignment)'")
      }
      overrides.set[String(assignment[..<sign])] = String(assignment[assignment.index(after: sign)...])
    }
    let configuration = try running.store.configuration()
    var options = running.runOptions(configuration)
    options.resume = resume
    options.resumeTimeout = resumeTimeout
    let definition = try WorkflowFile.read(path: file, overrides: overrides)
    let hasArgs = definition.header.workflowArgs != nil
    let execution = RunExecution(
      options: running, configuration: configuration, runOptions: options,
      resumeCommand: { hasArgs ? self.command : "jobmon workflow_resume -w \($0)" + self.storeFlags })
    try execution.perform { try $0.run(definition) }
  }

  /// This command, with --resume.
  private var command: String {
    var words = ["jobmon", "run", file, "--resume"]
    for assignment in set { words += ["--set", assignment] }
    if let workflowArgs { words += ["--workflow-args", workflowArgs] }
    if let cluster = running.cluster { words += ["-c", cluster] }
    if let logs = running.logs { words += ["--logs", logs] }
    return words.map(ShellWord.quoted).joined(separator: " ") + storeFlags
  }

  private var storeFlags: String { running.store.flags }
}

extension StoreOptions {
  /// The flags that find the same store again, with a blank before each.
  var flags: String {
    var words: [String] = []
    if let database { words += ["--database", database] }
    if let config { words += ["--config", config] }
    return words.map { " " + ShellWord.quoted($0) }.joined()
  }
}
