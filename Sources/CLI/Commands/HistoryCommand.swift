import ArgumentParser
import JobmonCore

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "List everything that has changed in a workflow or in a task, oldest first.",
    discussion: "EXAMPLE: jobmon task history align_17")

  @OptionGroup var taskOption: TaskOption

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The most rows: the last ones; 0 is all.", valueName: "n"))
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
    if rows.count == limit { Console.error("these are the last \(rows.count) changes; -l 0 shows all") }
  }
}
