import ArgumentParser
import JobmonCore

struct FilePathsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get_filepaths", abstract: "List the log files of a workflow's task instances.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Option(
    name: [.short, .customLong("array_name")],
    help: ArgumentHelp(
      "Only tasks of this array, which has its template's name; * and ? stand for any.", valueName: "name"))
  var array: String?

  @Option(
    name: [.short, .customLong("job_name")],
    help: ArgumentHelp(
      "Only tasks with this name (* and ? stand for any), or the instance with this id of the cluster's.",
      valueName: "name"))
  var job: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let rows = try store.queries().filePaths(of: workflow, array: array, job: job, limit: try limit.asLimit())
    try Listing(rows).tell(output)
  }
}
