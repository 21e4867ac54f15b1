import ArgumentParser
import Foundation
import JobmonCore

struct WorkflowResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Continue a workflow from the database.",
    discussion: "EXAMPLE: jobmon workflow resume -w 3")

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(
    name: [.customShort("n"), .customLong("dry-run")],
    help: "Show the plan and what would be refused; run nothing.")
  var dryRun = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Seconds to wait for the running driver to hand over.", valueName: "n"))
  var timeout: Double = 180

  @Flag(name: .customLong("use-original-resources"), help: "Keep the original requests.")
  var useOriginalResources = false

  @Flag(
    name: .customLong("force-cleanup"),
    help: "Accepted for compatibility; dead runs are always cleaned up.")
  var forceCleanup = false

  @OptionGroup var running: RunningOptions

  func validate() throws {
    if !(timeout >= 0) { throw ValidationError("--timeout takes a number of seconds, 0 or more") }
  }

  func run() throws {
    let configuration = try running.store.configuration()
    var options = running.runOptions(configuration)
    options.resume = true
    options.resumeTimeout = timeout
    options.useOriginalResources = useOriginalResources
    let database = try running.store.path(configuration)
    if !OSFile.exists(database) {
      throw RunRefusal(AbsenceFault.database(database, workflow: workflowOption.workflow))
    }
    let workflow = try workflowOption.id(in: running.store.queries())
    if dryRun {
      let planned = PlannedRun(options: running, configuration: configuration, runOptions: options)
      return try planned.tell { try $0.plan(resuming: workflow) }
    }
    let execution = RunExecution(
      options: running, configuration: configuration, runOptions: options,
      resumeCommand: { "jobmon workflow resume -w \($0)" + self.running.store.flags })
    try execution.perform { try $0.resume(workflow) }
  }
}
