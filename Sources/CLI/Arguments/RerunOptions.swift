import ArgumentParser
import JobmonCore

/// The options that `workflow rerun` and `task rerun` share.
struct RerunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory of the named tasks: a size such as 8G, or a factor such as x1.5 of what the last attempt requested.",
      valueName: "amount"))
  var memory: String?

  @Option(
    help: ArgumentHelp(
      "Run time of the named tasks: a time such as 2h, or a factor such as x2 of what the last attempt requested.",
      valueName: "amount"))
  var runtime: String?

  @Flag(
    name: [.customShort("n"), .customLong("dry-run")],
    help: "Show which tasks would run again; change nothing.")
  var dryRun = false

  @Flag(
    name: [.customShort("f"), .customShort("y"), .customLong("force")],
    help: "Do not ask before DONE tasks run again.")
  var force = false

  @Flag(name: .customLong("use-original-resources"), help: "Keep the original requests.")
  var useOriginalResources = false

  @OptionGroup var running: RunningOptions

  /// The rerun order for these tasks.
  func order(_ workflow: WorkflowID, _ tasks: [TaskID]) throws -> RerunOrder {
    RerunOrder(
      workflow: workflow, tasks: tasks,
      memory: try memory.map {
        try change($0, of: .memory, "--memory", example: "8G, or a factor such as x1.5")
      },
      runtime: try runtime.map {
        try change($0, of: .runtime, "--runtime", example: "2h, or a factor such as x2")
      })
  }

  private func change(_ text: String, of resource: ScalableResource, _ option: String, example: String) throws
    -> ResourceChange
  {
    guard let change = ResourceChange(text, of: resource) else {
      throw RunRefusal(UsageFault.badValue(option: option, .resourceChange(text, example: example)))
    }
    return change
  }
}
