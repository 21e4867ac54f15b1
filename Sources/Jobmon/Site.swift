import BuiltinPlugins
import Foundation
import JobmonCore

/// Where workflows are stored and run. The values are those of the options `--database`, `--logs`, `--config` and
/// `--plugins` of the program. nil: from the environment, the configuration file, or the defaults.
public struct Site: Sendable {
  /// The path of the database file; overrides `database.path`.
  public var database: String?
  /// The folder of the log files; overrides `logs.directory`. Relative to the working directory.
  public var logs: String?
  /// The path of the configuration file; nil: `~/.jobmon.yaml`, if it exists.
  public var configuration: String?
  /// The path of an extra plugins.json; it overrides the others.
  public var plugins: String?
  /// Allow root to run the commands of another user's database.
  public var asRoot = false

  /// Creates a site. Values that are not given come from the environment, the configuration file, or the defaults.
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
  /// - Throws: ``RunRefusal`` if the database does not exist and `create` is false; ``StoreError``.
  public func store(create: Bool) throws -> SQLiteStore {
    let settings = try settings()
    return try SQLiteStore(settings, database: database, create: create)
  }

  /// Calls `body` with the store.
  ///
  /// - Throws: ``RunRefusal``. Errors of the store are converted to it, with the same code as in the program `jobmon`.
  func withStore<Result>(create: Bool = false, _ body: (SQLiteStore) throws -> Result) throws -> Result {
    do { return try body(try store(create: create)) } catch let error as StoreError {
      throw RunRefusal(error)
    }
  }

  func registry() throws -> PluginRegistry { try PluginRegistry.standard(file: plugins) }

  /// Options of a run, with the values of the configuration.
  func runOptions() throws -> RunOptions { RunOptions(try settings(), logs: logs) }
}
