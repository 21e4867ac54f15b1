import ArgumentParser
import JobmonCore

struct AttributesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attributes",
    abstract: "List the attributes of a task, or of a workflow and its tasks.",
    discussion: """
      Attributes come from the definition, and from the file that a command finds in JOBMON_ATTRIBUTES.
      EXAMPLE: jobmon workflow attributes -w 3 --name score
      """)

  @OptionGroup var taskOption: TaskOption
  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    help: ArgumentHelp("Only attributes with this name (* and ? match any characters).", valueName: "name"))
  var name: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Maximum number of rows (0 = all).", valueName: "n"))
  var limit = 20

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let limit = try limit.asLimit()
    let rows =
      if let task = try taskOption.id(in: store, workflowOption) {
        try store.attributes(ofTask: task, name: name)
      } else {
        try store.attributes(of: workflowOption.id(in: store), name: name)
      }
    try Listing(Array(rows.prefix(limit ?? .max))).tell(output, of: { rows.count }, limit: limit)
  }
}
