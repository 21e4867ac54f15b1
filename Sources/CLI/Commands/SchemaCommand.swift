import ArgumentParser
import JobmonCore

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of workflow files.",
    discussion: "EXAMPLE: jobmon schema > workflow.schema.json")

  /// It is JSON in any case.
  @OptionGroup var output: OutputOptions

  func run() throws { try StandardOutput.json(WorkflowSchema.json) }
}
