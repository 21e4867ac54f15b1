import ArgumentParser
import JobmonCore

/// What the command line sets over a workflow file.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a parameter of the file.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    name: .customLong("workflow-args"),
    help: ArgumentHelp("Override the file's workflow_args.", valueName: "text"))
  var workflowArgs: String?

  func overrides() throws -> WorkflowFile.Overrides {
    var overrides = WorkflowFile.Overrides(workflowArgs: workflowArgs)
    for assignment in set {
      guard let (name, value) = Assignment.split(assignment) else {
        throw RunRefusal(.invalidUsage, "--set takes name=value, not '\(assignment)'")
      }
      overrides.set[name] = value
    }
    return overrides
  }
}
