import ArgumentParser
import JobmonCore

struct TaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the attempts of tasks: where they ran, what they used, how they ended.")

  @OptionGroup var tasksOption: TasksOption
  @OptionGroup var workflowOption: WorkflowOption

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
    let store = try store.queries()
    let tasks = try tasksOption.required(in: store, workflowOption)
    try Listing(store.taskStatus(of: tasks, words: words)).tell(output)
  }
}
