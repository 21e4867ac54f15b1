import ArgumentParser
import JobmonCore

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print a JSON Schema of workflow files, for editors and checkers.")

  func run() { print(WorkflowSchema.json) }
}
