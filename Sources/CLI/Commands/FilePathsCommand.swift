import ArgumentParser
import JobmonCore

struct FilePathsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filepaths", abstract: "List the log files of a workflow's task instances.",
    discussion: "EXAMPLE: jobmon workflow filepaths -w 3 -a align")

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: [.short, .customLong("array-name")],
    help: ArgumentHelp(
      "Only tasks of this array, which has its template's name; * and ? stand for any.", valueName: "name"))
  var array: String?

  @Option(
    name: [.short, .customLong("job-name")],
    help: ArgumentHelp(
      "Only tasks with this name (* and ? stand for any), or the instance with this id of the cluster's.",
      valueName: "name"))
  var job: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let rows = try store.filePaths(of: workflow, array: array, job: job, limit: try limit.asLimit())
    try Listing(rows).tell(output)
  }
}
