import ArgumentParser
import JobmonCore

struct WorkflowRunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List the runs of a workflow, newest first.",
    discussion: "EXAMPLE: jobmon workflow runs -w 3")

  @OptionGroup var workflowOption: WorkflowOption

  @OptionGroup var limitOption: LimitOption

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let limit = try limitOption.rows()
    let rows = try store.runs(of: workflow, limit: nil)
    try Listing(Array(rows.prefix(limit ?? .max))).tell(output, of: { rows.count }, limit: limit)
  }
}
