import ArgumentParser
import JobmonCore

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why tasks are not running.",
    discussion: "EXAMPLE: jobmon workflow explain -w 3")

  @OptionGroup var taskOption: TaskOption

  @OptionGroup var workflowOption: WorkflowOption

  @Option(name: .shortAndLong, help: ArgumentHelp("Maximum number of tasks (0 = all).", valueName: "n"))
  var limit = 20

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let rows =
      if let task = try taskOption.id(in: store, workflowOption) { [try store.explain(task: task)] } else {
        try store.explain(workflow: workflowOption.id(in: store), limit: try limit.asLimit())
      }
    try Listing(rows.map(Self.withCommands)).tell(output)
  }

  private static func withCommands(_ explanation: Explanation) -> Explanation {
    var explanation = explanation
    if let advice = explanation.advice {
      explanation.details = advice.commands(after: explanation.details)
    }
    return explanation
  }
}
