import ArgumentParser
import JobmonCore

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    try StandardOutput.line(
      output.isJSON
        ? JSONText.line(JSONValue.object(["version": .string(Version.text)])) : "jobmon \(Version.text)")
  }
}
