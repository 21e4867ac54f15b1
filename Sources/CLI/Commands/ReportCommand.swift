import ArgumentParser
import Foundation
import JobmonCore

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract:
      "Write an HTML page about a workflow: timeline, concurrency, resources, failures, critical path.",
    discussion: """
      One HTML file that needs no network. Also works while a workflow is running.
      EXAMPLE: jobmon workflow report -w 3 -f report.html
      """)

  @OptionGroup var workflowOption: WorkflowOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write (default: workflow_ID.html); an existing file is replaced (- = standard output).",
      valueName: "file"),
    completion: .file(extensions: ["html"]))
  var file: String?

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let store = try store.queries()
    let workflow = try workflowOption.id(in: store)
    let page = ReportPage(
      report: try store.report(of: workflow, mostAttempts: 120_000, mostErrors: 50))
    let file = file ?? "workflow_\(workflow).html"
    try OutputFile.write(Data(page.html.utf8), to: file, named: "-f")
    if file == OutputFile.standardOutput { return }
    try output.tell(changed: 1, "wrote \(file)", ["file": .string(file)])
  }
}
