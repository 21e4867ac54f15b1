import ArgumentParser
import JobmonCore

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List everything that has changed in a workflow or in a task, oldest first.")

  @Option(name: [.short, .customLong("task_id")], help: ArgumentHelp("The task.", valueName: "id"))
  var task: Int64?

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The most rows: the last ones; 0 is all.", valueName: "n"))
  var limit = 1000

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if (task == nil) == (workflow == nil) {
      throw ValidationError("give a task with -t or a workflow with -w")
    }
  }

  func run() throws {
    let limit = try limit.asLimit()
    let store = try store.queries()
    let rows =
      if let task { try store.history(ofTask: task, limit: limit) } else {
        try store.history(of: workflow!, limit: limit)
      }
    try Listing(rows).tell(output)
    if rows.count == limit { Console.error("these are the last \(rows.count) changes; -l 0 shows all") }
  }
}
