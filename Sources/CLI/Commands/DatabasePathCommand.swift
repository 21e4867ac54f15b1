import ArgumentParser
import JobmonCore

struct DatabasePathCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print the path of the database.",
    discussion: "EXAMPLE: jobmon db path")

  @OptionGroup var output: OutputOptions
  @OptionGroup var store: StoreOptions

  func run() throws {
    let path = try store.path(try store.configuration())
    if output.isJSON {
      return try StandardOutput.json(JSONText.line(.object(["path": .string(path)])))
    }
    try StandardOutput.value(path)
  }
}
