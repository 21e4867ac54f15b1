import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

/// The options of every command that opens the store.
struct StoreOptions: ParsableArguments {
  @Option(
    name: .long, help: ArgumentHelp("The database file (default: ~/.jobmon/jobmon.db).", valueName: "file"),
    completion: .file())
  var database: String?

  @Option(
    name: .long, help: ArgumentHelp("The configuration file (default: ~/.jobmon.yaml).", valueName: "file"),
    completion: .file())
  var config: String?

  func configuration() throws -> Configuration { try Configuration(file: config) }

  /// - Throws: ``RunRefusal`` where no database can be there.
  func path(_ configuration: Configuration) throws -> String { try configuration.database(database) }

  /// Opens the store for writing; makes it where there is none and `create` says so.
  ///
  /// - Parameter tellsUpgrade: whether it says so where the file had to be brought up to date; with `create` the caller
  ///   says all notices.
  /// - Parameter takesForeignLog: opens it although the log beside it is not its own.
  func open(create: Bool = false, tellsUpgrade: Bool = true, takesForeignLog: Bool = false) throws
    -> SQLiteStore
  {
    let store = try SQLiteStore(
      try configuration(), database: database, create: create, takesForeignLog: takesForeignLog)
    if !create, tellsUpgrade, let upgrade = store.upgrade { Console.error(upgrade.description) }
    return store
  }
}

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}

/// `-o json`, and its short forms `-n` and `--json`.
struct OutputOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "table or json.")
  var output: OutputFormat = .table

  @Flag(name: [.customShort("n"), .long], help: "The same as -o json.")
  var json = false

  var isJSON: Bool { json || output == .json }
}
