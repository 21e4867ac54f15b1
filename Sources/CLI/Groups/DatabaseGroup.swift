import ArgumentParser

/// `jobmon db …`
struct DatabaseGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Find, check, copy, upgrade and clean up the database.",
    subcommands: [
      DatabasePathCommand.self, DatabaseCheckCommand.self, DatabaseBackupCommand.self,
      DatabaseRestoreCommand.self, DatabaseUpgradeCommand.self, DatabasePruneCommand.self,
    ])
}
