import ArgumentParser
import Foundation
import JobmonCore
import OSText

/// The `jobmon` program: every command is a file of its own under Commands.
struct JobmonProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobmon",
    abstract: "Run workflows of shell commands, and never lose finished work.",
    discussion: """
      Exit codes: 0 done, 1 the run ended with an error, 2 invalid input or usage, 3 refused or taken over, \
      4 the cluster cannot be used, 130 stopped.
      """,
    version: Version.text,
    subcommands: [
      InitCommand.self, RunCommand.self, WorkflowResumeCommand.self, BindCommand.self, SchemaCommand.self,
      ImportCommand.self, ExportCommand.self,
      WorkflowStatusCommand.self, WorkflowTasksCommand.self, TaskStatusCommand.self,
      TaskDependenciesCommand.self, LogsCommand.self, FilePathsCommand.self, ErrorsCommand.self,
      ExplainCommand.self,
      WatchCommand.self, ReportCommand.self, HistoryCommand.self, ConcurrencyLimitCommand.self,
      WorkflowStopCommand.self,
      WorkflowResetCommand.self,
      UpdateTaskStatusCommand.self, TemplateResourcesCommand.self, ResourceYAMLCommand.self,
      ConfigCommand.self, UpdateConfigCommand.self, ClustersCommand.self, ClusterCheckCommand.self,
      DatabasePathCommand.self, DatabaseCheckCommand.self,
      DatabaseBackupCommand.self, DatabaseRestoreCommand.self, DatabaseUpgradeCommand.self,
      DatabasePruneCommand.self, VersionCommand.self,
    ])

  /// When the program was started.
  static let began = Timestamp.now

  static func main() {
    ProgramStart.prepare()
    _ = began
    let arguments = Array(OSText.arguments.dropFirst())
    do {
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
