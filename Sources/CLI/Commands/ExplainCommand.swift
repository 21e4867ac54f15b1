import ArgumentParser
import JobmonCore

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say why a task, or a workflow, is not running.")

  @Option(name: [.short, .customLong("task_id")], help: ArgumentHelp("The task.", valueName: "id"))
  var task: Int64?

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64?

  @Option(name: .shortAndLong, help: ArgumentHelp("The most tasks of a workflow; 0 is all.", valueName: "n"))
  var limit = 20

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    guard (task == nil) != (workflow == nil) else {
      throw ValidationError("name either a task (-t) or a workflow (-w)")
    }
  }

  func run() throws {
    let store = try store.queries()
    let rows =
      if let task { [try store.explain(task: task)] } else {
        try store.explain(workflow: workflow ?? 0, limit: try limit.asLimit())
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
