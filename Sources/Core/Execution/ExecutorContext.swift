import JobmonModel
import Logging

/// What an executor is told when it is opened.
public struct ExecutorContext: Sendable {
  /// The cluster's name in the registry.
  public var cluster: String
  /// The cluster's options, merged from all registry layers and the command line.
  public var options: [String: JSONValue]
  /// The run's UUID. Every batch token of the run begins with its first 12 hexadecimal digits and a hyphen, so what a
  /// backend starts for a run (a worker, a folder) is best marked with them: ``Executor/recover(_:)`` names tokens.
  /// The executor is opened before the workflow is bound, so there are no ids yet.
  public var runUUID: String
  /// Where the commands run: `OSText`, as are the paths and the variables of tasks.
  public var workingDirectory: String
  /// The environment of the driver, which the commands inherit: `NAME=value`.
  public var environment: [String]
  /// Seconds between TERM and KILL.
  public var killGrace: Double
  /// For what only developers need. What people should see is posted as ``ExecutorEvent/log(_:_:)``.
  public var logger: Logger
  /// Whether the run continues a workflow. No backend needs it to run tasks: simulated ones draw other fates.
  public var isResume = false

  /// Makes the context of a run that continues nothing; `killGrace` in seconds.
  public init(
    cluster: String, options: [String: JSONValue], runUUID: String, workingDirectory: String,
    environment: [String], killGrace: Double, logger: Logger
  ) {
    self.cluster = cluster
    self.options = options
    self.runUUID = runUUID
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.killGrace = killGrace
    self.logger = logger
  }
}

extension ExecutorContext {
  /// What every batch token of this run begins with, up to its last hyphen.
  public var tokenPrefix: String { Self.tokenPrefix(runUUID: runUUID) }

  /// The first 12 hexadecimal digits of a run's UUID.
  public static func tokenPrefix(runUUID: String) -> String {
    String(runUUID.filter(\.isHexDigit).prefix(12)).lowercased()
  }
}
