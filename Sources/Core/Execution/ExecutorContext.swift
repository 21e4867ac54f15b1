import JobmonModel
import Logging

/// The data that an executor receives when it is opened.
public struct ExecutorContext: Sendable {
  /// The cluster's name in the registry.
  public var cluster: String
  /// The cluster's options, merged from all registry layers and the command line.
  public var options: [String: JSONValue]
  /// The run's UUID. Every batch token of the run begins with its first 12 hexadecimal digits and a hyphen. A backend
  /// should use these to mark what it starts for a run (a worker, a folder), because ``Executor/recover(_:)`` contains
  /// tokens. The executor is opened before the workflow is bound, so there are no ids yet.
  public var runUUID: String
  /// The working directory of the commands: `OSText`, like the paths and the variables of tasks.
  public var workingDirectory: String
  /// The driver's environment, which the commands inherit: `NAME=value`.
  public var environment: [String]
  /// Seconds between TERM and KILL.
  public var killGrace: Double
  /// For messages that only developers need. Messages for users are posted as ``ExecutorEvent/log(_:_:)``.
  public var logger: Logger
  /// Whether the run continues a workflow. Backends do not need it to run tasks; simulated ones use it to draw other
  /// outcomes.
  public var isResume = false

  /// Creates the context of a run that does not continue a workflow. `killGrace` is in seconds.
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
  /// The beginning of every batch token of this run, up to its last hyphen.
  public var tokenPrefix: String { Self.tokenPrefix(runUUID: runUUID) }

  /// The first 12 hexadecimal digits of a run's UUID.
  public static func tokenPrefix(runUUID: String) -> String {
    String(runUUID.filter(\.isHexDigit).prefix(12)).lowercased()
  }
}
