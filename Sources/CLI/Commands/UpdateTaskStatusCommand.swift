import ArgumentParser
import Foundation
import JobmonCore

struct UpdateTaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Set tasks to DONE (D), or reset them and all tasks downstream (G).",
    discussion: "EXAMPLE: jobmon task update -t align_17 -s G")

  @OptionGroup var tasksOption: TasksOption

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: [.customShort("s"), .customLong("new-status")],
    help: ArgumentHelp("D (DONE) or G (reset).", valueName: "letter"),
    completion: .list(["D", "G"]))
  var status: String

  @OptionGroup var forceOption: ForceOption

  @Flag(name: .shortAndLong, help: "With D: also all tasks upstream.")
  var recursive = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    guard let new = TaskStatus(rawValue: status.uppercased()), new == .done || new == .registering else {
      throw RunRefusal(UsageFault.badValue(option: "-s", .doneOrAgain(status)))
    }
    let store = try store.open(.changing)
    let tasks = try tasksOption.required(in: store, workflowOption)
    let workflow =
      workflowOption.isGiven ? try workflowOption.id(in: store) : try store.workflow(of: tasks[0])
    let preview = try store.previewStatusChange(tasks, workflow: workflow, to: new, recursive: recursive)
    guard try forceOption.force || Confirmation.isGiven(for: preview.description) else {
      try output.tell(changed: 0, "nothing was changed")
      return
    }
    let change = try store.changeStatus(
      tasks, workflow: workflow, to: new, recursive: recursive, by: Person.asOperator)
    try output.tell(
      changed: change.tasks.count, change.description,
      ["workflow_id": .integer(workflow), "workflow_status": .string(change.workflowTo.rawValue)])
  }
}
