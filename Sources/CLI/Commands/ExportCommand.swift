import ArgumentParser
import Foundation
import JobmonCore
import OSText

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a workflow as a WfCommons instance (wfcommons.org).",
    discussion: """
      Tasks that are not DONE have no execution data. Without -f the instance is printed.
      EXAMPLE: jobmon export -w 3 -f instance.json
      """)

  /// Versions of WfFormat that separate the specification of a task from its execution.
  enum Version: String, ExpressibleByArgument, CaseIterable {
    case v15 = "1.5"
    case v16 = "1.6"
  }

  @OptionGroup var workflowOption: WorkflowOption

  @Option(help: "The format of the file.")
  var format = TraceFormat.wfformat

  @Option(name: .customLong("schema-version"), help: "The version of WfFormat.")
  var version = Version.v15

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write; an existing file is replaced (- = standard output).", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var file: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.open()
    let workflow = try workflowOption.id(in: store)
    let rows = try store.latestAttempts(of: workflow)
    let stored = try store.load(workflow)
    var attempts: [TaskIndex: AttemptRow] = [:]
    for row in rows { attempts[TaskIndex(row.task.id - stored.firstTask)] = row.attempt }
    let instance = try WfFormat(
      stored, attempts: attempts, version: version.rawValue, user: CurrentUser.name)
    let undone = stored.definition.taskCount - (instance.workflow.execution?.tasks.count ?? 0)
    if undone > 0 {
      Console.error(
        "\(CountText.of(undone, "task is", plural: "tasks are")) not DONE: exported without execution data")
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = VisibleText.json(String(decoding: try encoder.encode(instance), as: UTF8.self))
    guard let file, file != OutputFile.standardOutput else { return try StandardOutput.json(text) }
    try OutputFile.write(Data(text.utf8), to: file, named: "-f")
    try output.tell(
      changed: 1, "wrote \(file)", ["file": .string(file), "tasks": JSONValue(stored.definition.taskCount)])
  }
}
