import ArgumentParser
import JobmonCore

struct WorkflowResetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Reset all tasks of a workflow to PENDING.",
    discussion: """
      Only for a workflow whose last run is yours and ended with ERROR or DONE.
      EXAMPLE: jobmon workflow reset -w 3 -p
      """)

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(name: [.short, .customLong("partial-reset")], help: "Keep DONE tasks.")
  var partialReset = false

  @OptionGroup var forceOption: ForceOption

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    let preview = try store.previewReset(workflow, keepDone: partialReset, by: Person.asOperator)
    guard try forceOption.force || Confirmation.isGiven(for: preview.description) else {
      try output.tell(changed: 0, "nothing was changed")
      return
    }
    let change = try store.resetWorkflow(workflow, keepDone: partialReset, by: Person.asOperator)
    try output.tell(
      changed: change.tasks.count, change.description,
      ["workflow_id": .integer(workflow), "workflow_status": .string(change.workflowTo.rawValue)])
  }
}
