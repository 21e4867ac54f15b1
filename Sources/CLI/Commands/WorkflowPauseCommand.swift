import ArgumentParser
import JobmonCore

struct WorkflowPauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Start no new tasks of a workflow; running tasks continue.",
    discussion: """
      The same as `jobmon workflow concurrency -m 0`, but the limit from before is kept: `jobmon workflow continue` \
      restores it.
      EXAMPLE: jobmon workflow pause -w 3
      """)

  @OptionGroup var workflowOption: WorkflowOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    let changed = try store.setLimit(0, of: workflow, by: Person.asOperator)
    try output.tell(
      changed: changed,
      changed == 0
        ? "workflow \(workflow) is paused already"
        : "workflow \(workflow) is paused: no new tasks; continue with: jobmon workflow continue -w \(workflow)",
      ["workflow_id": .integer(workflow), "max_tasks": .integer(0)])
  }
}
