import ArgumentParser
import JobmonCore

struct TaskDependenciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dependencies",
    abstract: "List the tasks that a task waits for, and those that wait for it.",
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
