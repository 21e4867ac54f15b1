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
    if let task = try taskOption.id(in: store, workflowOption) {
      return try Listing([Self.withCommands(store.explain(task: task))]).tell(output)
    }
    let workflow = try workflowOption.id(in: store)
    let limit = try limit.asLimit()
    let rows = try store.explain(workflow: workflow, limit: limit)
    // The first row is that of the workflow.
    try Listing(rows.map(Self.withCommands)).tell(
      output, of: { try store.explainCount(workflow: workflow) + 1 }, limit: limit.map { $0 + 1 })
  }

  private static func withCommands(_ explanation: Explanation) -> Explanation {
    var explanation = explanation
    if let advice = explanation.advice {
      explanation.details = advice.commands(after: explanation.details)
    }
    return explanation
  }
}
