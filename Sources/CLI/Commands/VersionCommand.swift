import ArgumentParser
import JobmonCore

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    if output.isJSON {
      return try StandardOutput.json(JSONText.line(JSONValue.object(["version": .string(Version.text)])))
    }
    try StandardOutput.line("jobmon \(Version.text)")
  }
}
