import ArgumentParser
import JobmonCore

struct TaskDependenciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task_dependencies",
    abstract: "List the tasks that a task waits for, and those that wait for it.")

  @Option(name: [.short, .customLong("task_id")], help: ArgumentHelp("The task.", valueName: "id"))
  var task: Int64

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    try Listing(store.queries().dependencies(of: task)).tell(output)
  }
}
