import ArgumentParser
import Foundation
import JobmonCore

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store a WfCommons workflow instance (wfcommons.org) as a workflow and print its id.",
    discussion: """
      Run it with `jobmon workflow resume -w ID -c CLUSTER`. On a simulated cluster tasks take the recorded time; on other \
      clusters they run the recorded commands or `sleep`.
      EXAMPLE: jobmon import instance.json
      """)

  @Argument(help: "The instance, a JSON file.", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "The format of the file.")
  var format = TraceFormat.wfformat

  @Option(
    help:
      "What the tasks run: sleep (the recorded time) or real (the recorded commands)."
  )
  var commands = WfFormat.Commands.sleep

  @Option(
    name: .customLong("time-scale"),
    help: ArgumentHelp("Factor for recorded run times, such as 0.01.", valueName: "factor"))
  var timeScale = 1.0

  @Option(
    name: .customLong("workflow-args"),
    help: ArgumentHelp(
      "The workflow_args. With different values one instance can be imported several times.",
      valueName: "text"))
  var workflowArgs: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func validate() throws {
    if !(timeScale >= 0 && timeScale.isFinite) {
      throw ValidationError("--time-scale takes a factor such as 0.01")
    }
  }

  func run() throws {
    guard let data = OSFile.contents(file) else {
      throw RunRefusal(AbsenceFault.instance(file, reason: String(cString: strerror(errno))))
    }
    let definition = try WfFormat.read(data, path: file).definition(
      commands: commands, scale: timeScale, workflowArgs: workflowArgs, path: file)
    let store = try store.open(.creating)
    for notice in store.notices { Console.error(notice) }
    let options = RunOptions(
      logs: "", workingDirectory: OSFile.currentFolder, environment: [])
    let bound = try WorkflowBinder(store: store, options: options, notice: { Console.error($0) })
      .bind(definition)
    try BindCommand.tell(bound, output)
  }
}

extension WfFormat.Commands: ExpressibleByArgument {}
