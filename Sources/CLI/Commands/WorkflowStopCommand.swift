import ArgumentParser
import JobmonCore

struct WorkflowStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workflow_stop", abstract: "Ask the live run of a workflow, on whatever host, to stop.")

  @Option(
    name: [.short, .customLong("workflow_id")], help: ArgumentHelp("The workflow.", valueName: "id"),
    completion: Completions.workflows)
  var workflow: Int64

  @Flag(help: "End what runs, too; else running tasks finish, and jobs that outlive jobmon are left.")
  var cancel = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let holder = try store.open(.changing).requestStop(workflow, cancel: cancel, by: Person.asOperator)
    try output.tell(
      changed: 1,
      "asked run \(holder.run) of workflow \(workflow) (process \(holder.driver.pid) on \(holder.driver.host)) to stop",
      ["workflow_id": .integer(workflow), "workflow_run_id": .integer(holder.run)])
  }
}
