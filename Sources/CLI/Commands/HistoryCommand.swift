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
    if let task = try taskOption.id(in: store, workflowOption) {
      try Listing(store.history(ofTask: task, limit: limit)).tell(
        output, of: { try store.history(ofTask: task, limit: nil).count }, limit: limit)
    } else {
      let workflow = try workflowOption.id(in: store)
      try Listing(store.history(of: workflow, limit: limit)).tell(
        output, of: { try store.historyCount(of: workflow) }, limit: limit)
    }
  }
}
