import ArgumentParser
import JobmonCore

struct WorkflowContinueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "continue", abstract: "Continue a paused workflow, with its former limit.",
    discussion: "EXAMPLE: jobmon workflow continue -w 3")

  @OptionGroup var workflowOption: WorkflowOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    guard let limit = try store.endPause(of: workflow, by: Person.asOperator) else {
      return try output.tell(
        changed: 0, "workflow \(workflow) is not paused", ["workflow_id": .integer(workflow)])
    }
    try output.tell(
      changed: 1,
      "workflow \(workflow) continues: \(limit.former.map { "at most \(CountText.of($0, "task")) at once" } ?? "no limit of its own")",
      ["workflow_id": .integer(workflow), "max_tasks": JSONValue(limit.former)])
  }
}
