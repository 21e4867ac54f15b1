import ArgumentParser
import JobmonCore
import OSText

/// Options that override settings of a workflow file.
struct OverrideOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a parameter of the file.", valueName: "name=value"))
  var set: [String] = []

  @Option(
    name: .customLong("workflow-args"),
    help: ArgumentHelp("Override the file's workflow_args.", valueName: "text"))
  var workflowArgs: String?

  func overrides() throws -> WorkflowFile.Overrides {
    var overrides = WorkflowFile.Overrides(workflowArgs: try workflowArgs.map(text))
    for assignment in try set.map(text) {
      guard let (name, value) = Assignment.split(assignment) else {
        throw RunRefusal(UsageFault.badValue(option: "--set", .assignment(assignment)))
      }
      overrides.set[name] = value
    }
    return overrides
  }

  /// Task arguments must be valid UTF-8; arguments of a process may not be.
  private func text(_ argument: String) throws -> String {
    guard let text = String(validating: OSText.bytes(argument), as: UTF8.self) else {
      throw RunRefusal(UsageFault.notUTF8(argument))
    }
    return text
  }
}
