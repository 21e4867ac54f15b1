import ArgumentParser
import JobmonCore

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List all changes of a workflow or of a task, oldest first.",
    discussion: "EXAMPLE: jobmon task history align_17")

  @OptionGroup var taskOption: TaskOption

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Maximum number of rows, the newest ones (0 = all).", valueName: "n"))
  var limit = 1000

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let limit = try limit.asLimit()
    let store = try store.queries()
    let rows =
      if let task = try taskOption.id(in: store, workflowOption) {
        try store.history(ofTask: task, limit: limit)
      } else {
        try store.history(of: workflowOption.id(in: store), limit: limit)
      }
    try Listing(rows).tell(output)
    if rows.count == limit { Console.error("the last \(rows.count) changes are shown, -l 0 for all") }
  }
}
