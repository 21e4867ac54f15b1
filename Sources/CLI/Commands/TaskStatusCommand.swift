import ArgumentParser
import JobmonCore

struct TaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "task_status",
    abstract: "List the attempts of tasks: where they ran, what they used, how they ended.")

  @Option(
    name: [.short, .customLong("task_ids")], parsing: .upToNextOption,
    help: ArgumentHelp("The tasks.", valueName: "id"))
  var tasks: [Int64]

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only tasks in these states: PENDING SCHEDULED RUNNING DONE FATAL.", valueName: "word"),
    completion: .list(TaskWord.allCases.map(\.rawValue)))
  var status: [String] = []

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let words = try TaskWord.parse(status)
    try Listing(store.queries().taskStatus(of: tasks, words: words)).tell(output)
  }
}
