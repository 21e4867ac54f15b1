import ArgumentParser
import JobmonCore

struct WorkflowStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop a running workflow, on any host.",
    discussion: "EXAMPLE: jobmon workflow stop -w 3 --cancel")

  @OptionGroup var workflowOption: WorkflowOption

  @Flag(help: "Also cancel running tasks (default: local tasks finish, jobs on clusters are left).")
  var cancel = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open(.changing)
    let workflow = try workflowOption.id(in: store)
    let holder = try store.requestStop(workflow, cancel: cancel, by: Person.asOperator)
    try output.tell(
      changed: 1,
      "stopping run \(holder.run) of workflow \(workflow) (process \(holder.driver.pid) on \(holder.driver.host))",
      ["workflow_id": .integer(workflow), "workflow_run_id": .integer(holder.run)])
  }
}
