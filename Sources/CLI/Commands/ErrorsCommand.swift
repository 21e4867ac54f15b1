import ArgumentParser
import JobmonCore

struct ErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors", abstract: "Show what went wrong in a workflow, like errors together.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    try Listing(store.queries().errors(of: workflow, limit: try limit.asLimit())).tell(output)
  }
}
