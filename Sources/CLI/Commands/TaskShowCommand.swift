import ArgumentParser
import JobmonCore

struct TaskShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about a task: command, arguments, resources, attempts, log files.",
    discussion: "EXAMPLE: jobmon task show 17")

  @OptionGroup var taskOption: TaskOption

  @Argument(help: ArgumentHelp("The task, the same as with -t.", valueName: "id"))
  var named: String?

  @OptionGroup var workflowOption: WorkflowOption
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    var option = taskOption
    if let named { option.task = named }
    let card = try store.taskCard(option.required(in: store, workflowOption))
    try output.tell(card.json, or: TaskCardText(card: card).text)
  }
}
