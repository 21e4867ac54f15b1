import ArgumentParser
import Foundation
import JobmonCore

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run the workflow in a file.",
    discussion: "EXAMPLE: jobmon run workflow.yaml -c slurm")

  @Argument(
    help:
      "The workflow file, YAML or JSON (- = standard input: a head document, then one entry per line as JSON)."
  )
  var file: String

  @Flag(
    name: [.customShort("n"), .customLong("dry-run")],
    help: "Show the plan and what would be refused; run nothing.")
  var dryRun = false

  @OptionGroup var changing: ChangeOptions

  @Flag(
    name: .customLong("rerun-changed"),
    help:
      "Also rerun DONE tasks whose op_args have changed, and all tasks downstream (implies --resume)."
  )
  var rerunChanged = false

  @Flag(help: "Continue an unfinished workflow, or start a new one.")
  var resume = false

  @Flag(
    name: .customLong("if-not-running"),
    help: """
      Do nothing and exit with 0 while a run of the workflow is live; else the same as --resume. For cron.
      """)
  var ifNotRunning = false

  @Option(
    name: .customLong("resume-timeout"),
    help: ArgumentHelp("Seconds to wait for the running driver to hand over.", valueName: "n"))
  var resumeTimeout: Double = 180

  @OptionGroup var overriding: OverrideOptions

  @OptionGroup var running: RunningOptions

  func validate() throws {
    if !(resumeTimeout >= 0) {
      throw ValidationError("--resume-timeout takes a number of seconds, 0 or more")
    }
  }

  func run() throws {
    let configuration = try running.store.configuration()
    var options = running.runOptions(configuration)
    options.resume = resume || rerunChanged || ifNotRunning
    options.takesOver = !ifNotRunning
    options.resumeTimeout = resumeTimeout
    options.rerunChanged = rerunChanged
    changing.apply(to: &options)
    let document = try WorkflowFile.document(path: file, overrides: try overriding.overrides())
    for warning in document.warnings { Console.error("warning: \(warning)") }
    let definition = document.definition
    if dryRun {
      let planned = PlannedRun(options: running, configuration: configuration, runOptions: options)
      return try planned.tell { try $0.plan(definition) }
    }
    // Standard input cannot be read again. A workflow without workflow_args cannot be found again by its file.
    let hasArgs = definition.header.workflowArgs != nil && file != WorkflowFile.standardInput
    let execution = RunExecution(
      options: running, configuration: configuration, runOptions: options,
      resumeCommand: { hasArgs ? self.command : "jobmon workflow resume -w \($0)" + self.storeFlags })
    let live = LiveRunReport(store: running.store, output: running.output)
    guard ifNotRunning else { try execution.perform { try $0.run(definition) } }
    if try live.tell(definition.header, configuration) { return }
    do {
      try execution.perform { try $0.run(definition) }
    } catch let refusal as RunRefusal where refusal.code == .workflowHeld {
      try live.tell(refusal)
    }
  }

  /// This command, with --resume.
  private var command: String {
    var words = ["jobmon", "run", file, "--resume"]
    for assignment in overriding.set { words += ["--set", assignment] }
    if let workflowArgs = overriding.workflowArgs { words += ["--workflow-args", workflowArgs] }
    if let cluster = running.cluster { words += ["-c", cluster] }
    if let logs = running.logs { words += ["--logs", logs] }
    return words.map(ShellWord.quoted).joined(separator: " ") + storeFlags
  }

  private var storeFlags: String { running.store.flags }
}

extension StoreOptions {
  /// The flags to find the same store again, each preceded by a space.
  var flags: String {
    var words: [String] = []
    if let database { words += ["--database", database] }
    if let config { words += ["--config", config] }
    return words.map { " " + ShellWord.quoted($0) }.joined()
  }
}
