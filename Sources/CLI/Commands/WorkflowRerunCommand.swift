import ArgumentParser
import JobmonCore

struct WorkflowRerunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun", abstract: "Run tasks of a workflow again, with all tasks downstream of them.",
    discussion: """
      Without --failed, --template or --status the FATAL tasks run again. If a run of the workflow is live, \
      it reruns the tasks; otherwise this command starts a run.
      EXAMPLE: jobmon workflow rerun -w 3 --failed --memory x1.5
      """)

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(help: "The FATAL tasks.")
  var failed = false

  @Option(help: ArgumentHelp("The tasks of this template.", valueName: "name"))
  var template: String?

  @OptionGroup var states: TaskStatesOption
  @OptionGroup var rerun: RerunOptions

  func validate() throws {
    if failed, !states.status.isEmpty { throw ValidationError("give --failed or --status, not both") }
  }

  func run() throws {
    let store = try rerun.running.store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    var words = try states.words()
    if failed || (template == nil && words.isEmpty) { words = [.fatal] }
    let tasks = try store.tasks(of: workflow, TaskFilter(words: words, template: template)).map(\.id)
    if tasks.isEmpty {
      if let template, words.isEmpty {
        throw RunRefusal(ChoiceFault.noTaskOfTemplate(template, in: workflow))
      }
      let states = words.map(\.rawValue).sorted().joined(separator: " or ")
      let what = template.map { "template '\($0)' of workflow \(workflow)" } ?? "workflow \(workflow)"
      return try rerun.running.output.tell(
        changed: 0, "\(what) has no \(states) tasks: nothing to rerun", ["workflow_id": .integer(workflow)])
    }
    try Rerun(options: rerun, store: store, workflow: workflow).perform(tasks)
  }
}
