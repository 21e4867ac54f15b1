import ArgumentParser
import Foundation
import JobmonCore
import OSText

/// The `jobmon` program. Every command has a file of its own in Commands.
struct JobmonProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobmon",
    abstract: "Run workflows of shell commands; never lose finished work.",
    discussion: """
      Exit codes: 0 done, 1 the run ended with an error, 2 invalid input or usage, 3 refused or taken over, \
      4 the cluster cannot be used, 130 stopped.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self, InitCommand.self, BindCommand.self, ImportCommand.self, ExportCommand.self,
      SchemaCommand.self, WorkflowGroup.self, TaskGroup.self, ClusterGroup.self, DatabaseGroup.self,
      ConfigGroup.self, VersionCommand.self,
    ] + FlatNames.commands)

  /// When the program was started.
  static let began = Timestamp.now

  static func main() {
    ProgramStart.prepare()
    _ = began
    let arguments = CommandWords(Array(OSText.arguments.dropFirst())).arguments
    do {
      if arguments.isEmpty || ["-h", "--help", "help"].contains(arguments[0]) && arguments.count == 1 {
        try StandardOutput.line(RootHelp.text)
        return try StandardOutput.finish()
      }
      if let fault = CommandTree.fault(arguments) { throw RunRefusal(fault) }
      var command = try parseAsRoot(arguments)
      try command.run()
      try StandardOutput.finish()
    } catch let failure as OutputFailure {
      failure.end()
    } catch {
      Foundation.exit(Failure(error, arguments: arguments).tell())
    }
  }
}
