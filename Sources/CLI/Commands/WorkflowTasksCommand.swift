import ArgumentParser
import JobmonCore

struct WorkflowTasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workflow_tasks", abstract: "List the tasks of a workflow.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only tasks in these states: PENDING SCHEDULED RUNNING DONE FATAL.", valueName: "word"),
    completion: .list(TaskWord.allCases.map(\.rawValue)))
  var status: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("The most rows; 0 is all.", valueName: "n"))
  var limit = 5

  @Option(help: ArgumentHelp("Only tasks of this template.", valueName: "name"))
  var template: String?

  @Option(help: ArgumentHelp("Only tasks with this name.", valueName: "text"))
  var name: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let filter = TaskFilter(
      words: try TaskWord.parse(status), template: template, name: name, limit: try limit.asLimit())
    try Listing(store.queries().tasks(of: workflow, filter)).tell(output)
  }
}

extension TaskWord {
  /// The words of a `-s` option, in any case.
  static func parse(_ words: [String]) throws -> Set<TaskWord> {
    Set(
      try words.map { word in
        guard let known = TaskWord(rawValue: word.uppercased()) else {
          throw RunRefusal(
            UsageFault.badValue(option: "-s", .word(word, TaskWord.allCases.map(\.rawValue))))
        }
        return known
      })
  }
}
