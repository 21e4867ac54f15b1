import ArgumentParser
import JobmonCore

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of workflow files.",
    discussion: "EXAMPLE: jobmon schema > workflow.schema.json")

  /// Accepted but has no effect: the output is always JSON.
  @OptionGroup var output: OutputOptions

  func run() throws { try StandardOutput.json(WorkflowSchema.json) }
}
