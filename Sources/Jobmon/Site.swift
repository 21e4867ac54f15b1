import BuiltinPlugins
import Foundation
import JobmonCore

/// Where workflows are kept and run: what the options `--database`, `--logs`, `--config` and `--plugins` say to the
/// program. What is nil comes from the environment, the configuration file, or the defaults.
public struct Site: Sendable {
  public var database: String?
  public var logs: String?
  public var configuration: String?
  public var plugins: String?

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
    let path = database.map(absolute) ?? settings.path("database.path")
    guard create || FileManager.default.fileExists(atPath: path) else {
      throw RunRefusal(
        .notFound, "there is no database \(path) yet: it is made when a workflow is bound or run")
    }
    var options = SQLiteStore.Options()
    options.synchronousFull = settings.text("database.synchronous") == "full"
    return try SQLiteStore(path: path, options: options)
  }

  func registry() throws -> PluginRegistry { try PluginRegistry.standard(file: plugins) }

  /// Options of a run with all that the configuration says.
  func runOptions() throws -> RunOptions {
    let settings = try settings()
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted()
    var options = RunOptions(
      logs: logs.map(absolute) ?? settings.path("logs.directory"),
      workingDirectory: FileManager.default.currentDirectoryPath, environment: environment)
    settings.apply(to: &options)
    return options
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
