import ArgumentParser
import JobmonCore

struct ErrorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "errors", abstract: "Show failures of a workflow, similar ones together.",
    discussion: "EXAMPLE: jobmon workflow errors -w 3")

  @OptionGroup var workflowOption: WorkflowOption

  @OptionGroup var limitOption: LimitOption

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let limit = try limitOption.rows()
    let groups = try store.errors(of: workflow, limit: nil)
    try Listing(Array(groups.prefix(limit ?? .max))).tell(output, of: { groups.count }, limit: limit)
  }
}
