import ArgumentParser
import JobmonCore

struct FilePathsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filepaths", abstract: "List the log files of the tasks of a workflow.",
    discussion: "EXAMPLE: jobmon workflow filepaths -w 3 -a align")

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: [.short, .customLong("array-name")],
    help: ArgumentHelp(
      "Only tasks of this array (= template; * and ? match any characters).", valueName: "name"))
  var array: String?

  @Option(
    name: [.short, .customLong("job-name")],
    help: ArgumentHelp(
      "Only tasks with this name (* and ? match any characters), or the job with this id.",
      valueName: "name"))
  var job: String?

  @OptionGroup var limitOption: LimitOption

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let limit = try limitOption.rows()
    let rows = try store.filePaths(of: workflow, array: array, job: job, limit: limit)
    try Listing(rows).tell(
      output, of: { try store.filePathCount(of: workflow, array: array, job: job) }, limit: limit)
  }
}
