import ArgumentParser
import Foundation
import JobmonCore

struct BindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bind", abstract: "Store a workflow without running it, and print its id.",
    discussion: "`jobmon workflow_resume -w ID` runs it.")

  @Argument(help: "The workflow file, YAML or JSON; - is standard input, as for run.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Write a JSON object to this file: the id that an entry gave itself, and its task_id (a list where it stands for several).",
      valueName: "file"))
  var ids: String?

  @Flag(
    name: .customLong("accept-changes"),
    help: "Store a workflow anew whose tasks have changed; what is done is carried over.")
  var acceptChanges = false

  @OptionGroup var overriding: OverrideOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let document = try WorkflowFile.document(path: file, overrides: try overriding.overrides())
    var options = RunOptions(
      logs: "", workingDirectory: OSFile.currentFolder, environment: [])
    options.acceptChanges = acceptChanges
    let store = try store.open(create: true)
    for notice in store.notices { Console.error(notice) }
    let bound = try WorkflowBinder(store: store, options: options, notice: { Console.error($0) })
      .bind(document.definition)
    if let ids {
      let tasks = try store.taskIDs(of: bound.id, bound.identity)
      let object = document.ids.mapValues { entry -> JSONValue in
        let own = entry.indices.map { JSONValue.integer(tasks[Int($0)]) }
        return own.count == 1 ? own[0] : .array(own)
      }
      try OutputFile.write(
        Data((JSONText.line(JSONValue.object(object)) + "\n").utf8), to: ids, named: "--ids")
    }
    Self.tell(bound, output)
  }

  /// Prints the id of a workflow that was stored.
  static func tell(_ bound: WorkflowBinder.Bound, _ output: OutputOptions) {
    if output.isJSON {
      print(
        JSONText.line(
          JSONValue.object([
            "workflow_id": .integer(bound.id), "name": .string(bound.definition.header.name),
            "workflow_args": JSONValue(bound.definition.header.workflowArgs),
            "tasks_total": JSONValue(bound.definition.taskCount),
          ])))
    } else {
      print(bound.id)
    }
  }
}
