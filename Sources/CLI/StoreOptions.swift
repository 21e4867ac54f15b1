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

  /// - Throws: ``RunRefusal`` if no database can exist there.
  func path(_ configuration: Configuration) throws -> String { try configuration.database(database) }

  /// What a command opens the store for.
  enum Use {
    /// Read only; never upgraded.
    case reading
    case changing
    /// Created if missing.
    case creating
  }

  /// Opens the store for queries only.
  func queries() throws -> any StoreQueries { try open(.reading) }

  /// Opens the store.
  ///
  /// - Parameter tellsUpgrade: whether to report an upgrade of the file. With ``Use/creating`` the caller prints all
  ///   notices.
  /// - Parameter takesForeignLog: open the store even if the log beside it belongs to another database.
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
