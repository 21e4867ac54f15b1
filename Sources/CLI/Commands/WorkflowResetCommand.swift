import ArgumentParser
import JobmonCore

struct WorkflowResetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Set all tasks of a workflow back, so that a resume runs them again.",
    discussion: "The last run of the workflow must be yours and must have ended with ERROR or DONE.")

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(name: [.short, .customLong("partial-reset")], help: "Keep the tasks that are DONE.")
  var partialReset = false

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var force = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    let preview = try store.previewReset(workflow, keepDone: partialReset, by: Person.asOperator)
    guard try force || Confirmation.isGiven(for: preview.description) else {
      try output.tell(changed: 0, "nothing was changed")
      return
    }
    let change = try store.resetWorkflow(workflow, keepDone: partialReset, by: Person.asOperator)
    try output.tell(
      changed: change.tasks.count, change.description,
      ["workflow_id": .integer(workflow), "workflow_status": .string(change.workflowTo.rawValue)])
  }
}
