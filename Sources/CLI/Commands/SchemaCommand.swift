import ArgumentParser
import JobmonCore

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print a JSON Schema of workflow files, for editors and checkers.",
    discussion: "EXAMPLE: jobmon schema > workflow.schema.json")

  /// It is JSON in any case.
  @OptionGroup var output: OutputOptions

  func run() throws { try StandardOutput.json(WorkflowSchema.json) }
}
