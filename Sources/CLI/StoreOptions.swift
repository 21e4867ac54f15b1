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

  /// What a command opens the store for.
  enum Use {
    /// It is not changed, and so never upgraded.
    case reading
    case changing
    /// It is made where there is none.
    case creating
  }

  /// Opens the store for what only asks.
  func queries() throws -> any StoreQueries { try open(.reading) }

  /// Opens the store.
  ///
  /// - Parameter tellsUpgrade: whether it says so where the file had to be brought up to date; with ``Use/creating`` the caller
  ///   says all notices.
  /// - Parameter takesForeignLog: opens it although the log beside it is not its own.
  func open(_ use: Use = .reading, tellsUpgrade: Bool = true, takesForeignLog: Bool = false) throws
    -> SQLiteStore
  {
    let store = try SQLiteStore(
      try configuration(), database: database, create: use == .creating, readOnly: use == .reading,
      takesForeignLog: takesForeignLog)
    if use == .changing, tellsUpgrade, let upgrade = store.upgrade { Console.error(upgrade.description) }
    return store
  }
}
