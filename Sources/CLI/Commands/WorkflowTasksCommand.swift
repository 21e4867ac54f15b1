import ArgumentParser
import JobmonCore

struct WorkflowTasksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tasks", abstract: "List the tasks of a workflow.",
    discussion: """
      Duration, memory, node and exit are those of the last attempt.
      EXAMPLE: jobmon workflow tasks -w 3 -s DONE --sort duration:desc -l 20
      """)

  @OptionGroup var workflowOption: WorkflowOption
  @OptionGroup var states: TaskStatesOption

  @OptionGroup var limitOption: LimitOption

  @Option(
    help: ArgumentHelp("Only tasks of this template (* and ? match any characters).", valueName: "name"))
  var template: String?

  @Option(help: ArgumentHelp("Only tasks with this name (* and ? match any characters).", valueName: "text"))
  var name: String?

  @Option(
    help: ArgumentHelp("Only tasks that ran on this node (* and ? match any characters).", valueName: "name"))
  var node: String?

  @Option(
    help: ArgumentHelp("Only tasks that took at least this long, as in 90s, 10m or 2h.", valueName: "time"))
  var longerThan: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Only tasks with this attribute.", valueName: "name=value"))
  var attribute: [String] = []

  @Option(
    help: ArgumentHelp(
      "Sort by a column, as in duration or duration:desc (default: task_id).", valueName: "column"),
    completion: .list(TaskSort.Column.allCases.map(\.rawValue)))
  var sort: String?

  @Flag(help: "Also show the commands.")
  var commands = false

  /// Print the four columns of the original's `workflow_tasks`.
  @Flag(help: .hidden)
  var flat = false

  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    var filter = TaskFilter(
      words: try states.words(), template: template, name: name, limit: try limitOption.rows())
    filter.node = node
    filter.longerThan = try longerThan.map(Self.seconds)
    filter.attributes = try AttributePairs.parse(attribute)
    let sort = try sort.map(Self.sort)
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let rows = try store.taskList(of: workflow, filter, sort: sort, withCommands: commands)
    let total = { try store.taskCount(of: workflow, filter) }
    if flat, !output.isJSON {
      try Listing(rows.map(FlatTaskRow.init)).tell(output, of: total, limit: filter.limit)
    } else if commands, !output.isJSON {
      try Listing(rows.map(CommandTaskRow.init)).tell(output, of: total, limit: filter.limit)
    } else {
      try Listing(rows).tell(output, of: total, limit: filter.limit)
    }
  }

  /// A duration; tasks may be short, so fractions of a second count.
  private static func seconds(_ text: String) throws -> Double {
    let number = text.hasSuffix("s") ? String(text.dropLast()) : text
    if let seconds = PlainNumber.value(number), seconds >= 0 { return seconds }
    guard let seconds = RuntimeSpan.seconds(text) else {
      throw RunRefusal(UsageFault.badValue(option: "--longer-than", .length(text)))
    }
    return Double(seconds)
  }

  /// The value of `--sort`.
  private static func sort(_ text: String) throws -> TaskSort {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let columns = TaskSort.Column.allCases.map(\.rawValue)
    let name = ["name": "task_name", "id": "task_id"][parts[0].lowercased()] ?? parts[0].lowercased()
    guard let column = TaskSort.Column(rawValue: name) else {
      let nearest = Suggestion.nearest(to: name, among: columns)
      throw RunRefusal(
        UsageFault.badValue(option: "--sort", .column(parts[0], nearest: nearest, known: columns)))
    }
    guard parts.count == 1 || parts.count == 2 && ["asc", "desc"].contains(parts[1].lowercased()) else {
      throw RunRefusal(UsageFault.badValue(option: "--sort", .order(text, column: name)))
    }
    return TaskSort(column, isDescending: parts.last?.lowercased() == "desc" && parts.count == 2)
  }
}

/// A task with the original's columns.
private struct FlatTaskRow: ListedRow {
  var task: TaskListRow

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case status, retries
  }

  var values: [JSONValue] {
    let status = task.driver.annotating(task.status.rawValue)
    return [.integer(task.id), .string(task.name), .string(status), JSONValue(task.retries)]
  }
}

private struct CommandTaskRow: ListedRow {
  var task: TaskListRow

  enum CodingKeys: String, CodingKey, CaseIterable {
    case id = "task_id"
    case name = "task_name"
    case template, status, attempts, duration, memory, node, exit, command
  }

  var values: [JSONValue] { task.shown + [JSONValue(task.command)] }
}
