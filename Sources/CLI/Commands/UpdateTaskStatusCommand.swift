import ArgumentParser
import Foundation
import JobmonCore

struct UpdateTaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update_task_status",
    abstract: "Set tasks to done (D), or back to be run again with all that waits for them (G).")

  @Option(
    name: [.short, .customLong("task_ids")], parsing: .upToNextOption,
    help: ArgumentHelp("The tasks.", valueName: "id"))
  var tasks: [Int64]

  @Option(name: [.short, .customLong("workflow_id")], help: ArgumentHelp("Their workflow.", valueName: "id"))
  var workflow: Int64

  @Option(
    name: [.customShort("s"), .customLong("new_status")],
    help: ArgumentHelp("D (done) or G (to be run again).", valueName: "letter"))
  var status: String

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var force = false

  @Flag(name: .shortAndLong, help: "With D: everything the tasks wait for, too.")
  var recursive = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    guard let new = TaskStatus(rawValue: status.uppercased()), new == .done || new == .registering else {
      throw RunRefusal(.invalidUsage, "-s \(status): it is D (done) or G (to be run again)")
    }
    let store = try store.open()
    let preview = try store.previewStatusChange(tasks, workflow: workflow, to: new, recursive: recursive)
    if !force {
      Console.error(Self.describe(preview))
      guard isatty(STDIN_FILENO) == 1 else {
        throw RunRefusal(
          .invalidUsage, "nothing was changed: there is no terminal to ask on; add -f to do it")
      }
      FileHandle.standardError.write(Data("Do it? [y/N] ".utf8))
      guard ["y", "yes"].contains(readLine()?.lowercased()) else {
        output.tell(changed: 0, "nothing was changed")
        return
      }
    }
    let change = try store.changeStatus(
      tasks, workflow: workflow, to: new, recursive: recursive, by: Person.asOperator)
    output.tell(
      changed: change.tasks.count, Self.describe(change),
      ["workflow_id": .integer(workflow), "workflow_status": .string(change.workflowTo.rawValue)])
  }

  /// `2 tasks of workflow 1 become PENDING: b, c; the workflow goes from DONE to HALTED`
  private static func describe(_ change: StatusChange) -> String {
    let names = change.tasks.prefix(10).map(\.name).joined(separator: ", ")
    let more = change.tasks.count > 10 ? ", …" : ""
    let word = change.to == .done ? "DONE" : "PENDING"
    var text = "\(change.tasks.count) tasks of workflow \(change.workflow) become \(word)"
    if !names.isEmpty { text += ": \(names)\(more)" }
    if change.workflowFrom != change.workflowTo {
      text += "; the workflow goes from \(change.workflowFrom.rawValue) to \(change.workflowTo.rawValue)"
    }
    return text
  }
}
