import ArgumentParser
import JobmonCore

struct TaskDependenciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dependencies",
    abstract: "List the direct upstream and downstream tasks of a task.",
    discussion: "EXAMPLE: jobmon task dependencies align_17")

  @OptionGroup var taskOption: TaskOption
  @OptionGroup var workflowOption: WorkflowOption

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    try Listing(store.dependencies(of: taskOption.required(in: store, workflowOption))).tell(output)
  }
}
