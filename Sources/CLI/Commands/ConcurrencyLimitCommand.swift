import ArgumentParser
import JobmonCore

struct ConcurrencyLimitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "concurrency_limit",
    abstract: "Set how many tasks of a workflow may run at once; a live run heeds it within 200 ms.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Option(
    name: [.customShort("m"), .customLong("max_tasks")],
    help: ArgumentHelp("The most tasks at once; 0 is a pause.", valueName: "n"))
  var maxTasks: Int

  @Option(
    name: .customLong("task_template"), help: ArgumentHelp("Only tasks of this template.", valueName: "name"))
  var template: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if maxTasks < 0 { throw ValidationError("-m takes a number of tasks, 0 (a pause) or more") }
  }

  func run() throws {
    let changed = try store.open(.changing).setLimit(
      maxTasks, of: workflow, template: template, by: Person.asOperator)
    let what = template.map { "template \($0) of workflow \(workflow)" } ?? "workflow \(workflow)"
    try output.tell(
      changed: changed,
      maxTasks == 0 ? "\(what) is paused: nothing new starts" : "\(what): at most \(maxTasks) tasks at once",
      ["workflow_id": .integer(workflow), "max_tasks": JSONValue(maxTasks)])
  }
}
