import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

struct BindCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bind", abstract: "Store a workflow without running it and print its id.",
    discussion: """
      `jobmon workflow resume -w ID` runs it.
      EXAMPLE: jobmon bind workflow.yaml --ids ids.txt
      """)

  @Argument(help: "The workflow file, YAML or JSON (- = standard input, as for run).")
  var file: String

  @Option(
    help: ArgumentHelp(
      "Write the task id of each entry id to this file, as a JSON object.",
      valueName: "file"))
  var ids: String?

  @OptionGroup var changing: ChangeOptions

  @OptionGroup var pluginsOption: PluginsOption

  @OptionGroup var overriding: OverrideOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let document = try WorkflowFile.document(path: file, overrides: try overriding.overrides())
    let lint = DefinitionLint(try PluginRegistry.standard(file: pluginsOption.plugins), isAlone: true)
    for warning in document.warnings + (try lint.warnings(document.definition)) {
      Console.error("warning: \(warning)")
    }
    var options = RunOptions(
      logs: "", workingDirectory: OSFile.currentFolder, environment: [])
    changing.apply(to: &options)
    let store = try store.open(.creating)
    for notice in store.notices { Console.error(notice) }
    let bound = try WorkflowBinder(store: store, options: options, notice: { Console.error($0) })
      .bind(document.definition)
    if let ids {
      let tasks = try store.taskIDs(of: bound.id, bound.identity)
      // Ids that are equal only by Unicode equivalence are two members. A dictionary of strings would merge them.
      let members = document.ids.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }.map {
        id, entry in
        let own = entry.indices.map { JSONValue.integer(tasks[Int($0)]) }
        return JSONText.line(.string(id)) + ":"
          + JSONText.line(own.count == 1 ? own[0] : .array(own))
      }
      try OutputFile.write(
        Data(VisibleText.json("{" + members.joined(separator: ",") + "}\n").utf8), to: ids, named: "--ids")
    }
    try Self.tell(bound, output)
  }

  /// Prints the id of a workflow that was stored.
  static func tell(_ bound: WorkflowBinder.Bound, _ output: some OutputChoice) throws(OutputFailure) {
    try output.tell(
      [
        "workflow_id": .integer(bound.id), "name": .string(bound.definition.header.name),
        "workflow_args": JSONValue(bound.definition.header.workflowArgs),
        "tasks_total": JSONValue(bound.definition.taskCount),
      ], or: "\(bound.id)")
  }
}
