import BuiltinPlugins
import Foundation
import JobmonCore

/// Where workflows are kept and run: what the options `--database`, `--logs`, `--config` and `--plugins` say to the
/// program. What is nil comes from the environment, the configuration file, or the defaults.
public struct Site: Sendable {
  /// The path of the database file; over `database.path`.
  public var database: String?
  /// The folder of the log files, over `logs.directory`; relative to the current folder.
  public var logs: String?
  /// The path of the configuration file; else `~/.jobmon.yaml`, if there is one.
  public var configuration: String?
  /// The path of an extra plugins.json; it overrides the others.
  public var plugins: String?
  /// Let root run what another user's database says.
  public var asRoot = false

  /// Makes a site; what is left out comes from the environment, the configuration file, or the defaults.
  public init(
    database: String? = nil, logs: String? = nil, configuration: String? = nil, plugins: String? = nil
  ) {
    self.database = database
    self.logs = logs
    self.configuration = configuration
    self.plugins = plugins
  }

  func settings() throws -> Configuration { try Configuration(file: configuration) }

  /// Opens the store.
  ///
  /// - Throws: ``RunRefusal`` where there is none and `create` is false; ``StoreError``.
  public func store(create: Bool) throws -> SQLiteStore {
    let settings = try settings()
    return try SQLiteStore(settings, database: database, create: create)
  }

  /// Gives `body` the store.
  ///
  /// - Throws: ``RunRefusal``, also for what the store says, with the code that the program `jobmon` would give it.
  func withStore<Result>(create: Bool = false, _ body: (SQLiteStore) throws -> Result) throws -> Result {
    do { return try body(try store(create: create)) } catch let error as StoreError {
      throw RunRefusal(error)
    }
  }

  func registry() throws -> PluginRegistry { try PluginRegistry.standard(file: plugins) }

  /// Options of a run with all that the configuration says.
  func runOptions() throws -> RunOptions { RunOptions(try settings(), logs: logs) }
}
