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
    var listing = Listing("DIRECTION", "TASK_ID", "TASK_NAME", "STATUS")
    listing.rows = try store.open().dependencies(of: task).map { row in
      [
        .string(row.direction.rawValue), .integer(row.task.id), .string(row.task.name),
        .string(row.task.status.rawValue),
      ]
    }
    try listing.tell(output)
  }
}
