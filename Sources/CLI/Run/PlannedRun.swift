import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

/// `--dry-run` of `run` and `workflow resume`: prints the plan, and exits with the exit code of the run.
struct PlannedRun {
  let options: RunningOptions
  let configuration: Configuration
  let runOptions: RunOptions

  /// - Throws: `ExitCode` if the run would be refused, after printing the reason.
  func tell(_ body: (RunPlanner) throws -> RunPlan) throws {
    let planner = RunPlanner(
      registry: try PluginRegistry.standard(file: options.pluginsOption.plugins), options: runOptions,
      answersCallbacks: options.control != nil, notice: { Console.error($0) }, openStore: openStore,
      checkOptions: checkOptions)
    let plan = try body(planner)
    for warning in plan.warnings { Console.error("warning: \(warning)") }
    try PlanText(plan: plan).tell(options.output)
    guard let refusal = plan.refusal else { return }
    try StandardOutput.finish()
    Console.write(PlanText.refused(refusal) + "\n")
    throw ExitCode(refusal.code.exitCode)
  }

  /// A missing store is not created.
  private func openStore() throws -> (any Store)? {
    guard OSFile.exists(try options.store.path(configuration)) else { return nil }
    let store = try options.store.open(.reading)
    try store.requireOwn(asRoot: options.asRoot)
    return store
  }

  /// Checks what a run opens besides the store.
  private func checkOptions() throws {
    if let events = options.events { try EventWriter.check(events) }
    if let control = options.control { _ = try ControlChannel.open(control) }
  }
}
