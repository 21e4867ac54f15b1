import ArgumentParser
import JobmonCore

struct TaskStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the attempts of tasks with resources, log files and errors.",
    discussion: "EXAMPLE: jobmon task status align_17")

  @OptionGroup var tasksOption: TasksOption
  @OptionGroup var workflowOption: WorkflowOption

  @OptionGroup var states: TaskStatesOption
  @OptionGroup var output: ListOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let words = try states.words()
    let store = try store.queries()
    let tasks = try tasksOption.required(in: store, workflowOption)
    try Listing(store.taskStatus(of: tasks, words: words)).tell(output)
  }
}
