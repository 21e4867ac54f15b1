import ArgumentParser
import JobmonCore

struct ConcurrencyLimitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "concurrency",
    abstract: "Set how many tasks of a workflow may run at once; takes effect at once.",
    discussion: "EXAMPLE: jobmon workflow concurrency -w 3 -m 50")

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: [.customShort("m"), .customLong("max-tasks")],
    help: ArgumentHelp("Maximum number of tasks at once (0 = pause).", valueName: "n"))
  var maxTasks: Int

  @Option(
    name: .customLong("task-template"), help: ArgumentHelp("Only tasks of this template.", valueName: "name"))
  var template: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if maxTasks < 0 { throw ValidationError("-m takes a number of tasks, 0 (a pause) or more") }
  }

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    let changed = try store.setLimit(
      maxTasks, of: workflow, template: template, by: Person.asOperator)
    let what = template.map { "template \($0) of workflow \(workflow)" } ?? "workflow \(workflow)"
    try output.tell(
      changed: changed,
      maxTasks == 0
        ? "\(what) is paused: no new tasks" : "\(what): at most \(CountText.of(maxTasks, "task")) at once",
      ["workflow_id": .integer(workflow), "max_tasks": JSONValue(maxTasks)])
  }
}
