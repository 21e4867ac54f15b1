import ArgumentParser
import JobmonCore

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.",
    discussion: "EXAMPLE: jobmon version")

  @OptionGroup var output: OutputOptions

  func run() throws {
    try output.tell(["version": .string(Version.text)], or: "jobmon \(Version.text)")
  }
}
