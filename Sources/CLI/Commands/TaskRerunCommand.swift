import ArgumentParser
import JobmonCore

struct TaskRerunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerun", abstract: "Run tasks again, with all tasks downstream of them.",
    discussion: """
      If a run of the workflow is live, it reruns the tasks; otherwise this command starts a run.
      EXAMPLE: jobmon task rerun align_17 align_18 --memory 8G
      """)

  @OptionGroup var tasksOption: TasksOption
  @OptionGroup var workflowOption: WorkflowOption
  @OptionGroup var rerun: RerunOptions

  func run() throws {
    let store = try rerun.running.store.open(.changing)
    let tasks = try tasksOption.required(in: store, workflowOption)
    let workflow =
      workflowOption.isGiven ? try workflowOption.id(in: store) : try store.workflow(of: tasks[0])
    try Rerun(options: rerun, store: store, workflow: workflow).perform(tasks)
  }
}
