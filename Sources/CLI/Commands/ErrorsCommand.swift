import ArgumentParser
import JobmonCore

struct ErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors", abstract: "Show what went wrong in a workflow, like errors together.",
    discussion: "EXAMPLE: jobmon workflow errors -w 3")

  @OptionGroup var workflowOption: WorkflowOption

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    try Listing(store.errors(of: workflow, limit: try limit.asLimit())).tell(output)
  }
}
