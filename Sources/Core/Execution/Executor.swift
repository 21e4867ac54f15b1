import JobmonModel
import Logging

/// A cluster backend: whatever runs jobs.
///
/// An executor is told things in batches and answers, per item, by events, in its own time and from any thread. No
/// call blocks: each returns as soon as the executor has taken note, and whatever there is to say is posted to the
/// sink that ``start(_:events:)`` hands over. So backends in this process, programs behind a pipe and simulated
/// clusters look the same to the engine, and nothing in the core polls.
///
/// What an executor promises:
/// - Every instance that was submitted gets exactly one of `accepted`, `rejected`, `deferred`, `ambiguous`, and every
///   accepted one sooner or later an `ended`, possibly without a `started` before it.
/// - Until an outcome is acknowledged the job stays findable and `ended` is repeated on ``recover(_:)``.
/// - It says `absent` only of an instance that certainly does not run and will not start.
/// - It never starts what it was not told to start, and starts nothing twice for one token and index.
///
/// What it does not decide: grouping, placing, pacing, limits, retries, time-outs. Those are the core's.
public protocol Executor: Sendable {
  /// Opens the backend. Answered by `info`, after which the other calls may come.
  ///
  /// - Throws: ``ExecutorError`` where the backend cannot be used at all; its text is shown to the user (exit code 4).
  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws

  /// Asks whether the cluster can ever run tasks with these requests. Answered by one `validated` in the same order.
  func validate(_ requests: [ResourceRequest])

  /// Runs the tasks of a batch. Answered by `submitted`. Where the core places (``Placement/core(_:)``) a batch may
  /// come in several parts with the same token; else one token is one submission.
  func submit(_ batch: Batch)

  /// Ends these instances. Answered by `cancelled` for each, and by `ended` for those that were still running.
  func cancel(_ instances: [TaskInstanceID])

  /// Takes back those of these instances that wait at their node (``BatchTask/waits``) and have not started: each
  /// gets an `ended` as interrupted. The others go on. Told only to backends that declare
  /// ``ExecutorCapability/prefetches``.
  func withdraw(_ instances: [TaskInstanceID])

  /// Asks what became of instances that an earlier driver (or plugin process) submitted. Answered by `recovered`
  /// for each.
  func recover(_ batches: [RecoverableBatch])

  /// The outcomes of these instances are synced: what was kept to repeat them may be cleaned up.
  func acknowledge(_ instances: [TaskInstanceID])

  /// The driver is leaving. Returns when the backend needs this process no longer; with `cancelAll`, when nothing of
  /// ours runs any more.
  func stop(_ mode: ExecutorStopMode)

  /// The time that this cluster lives in, where that is simulated; nil (the default) where it is everybody's. Asked
  /// for when the cluster has been started.
  var simulatedClock: (any SimulatedClock)? { get }
}

/// An executor whose ``Executor/stop(_:)`` may take long, and can be cut short.
package protocol AbandonableExecutor: Executor {
  /// Has a `stop` that is under way return at once; whatever runs is left as the death of this process would leave it.
  func abandon()
}

extension Executor {
  /// nil: the cluster lives in everybody's time.
  public var simulatedClock: (any SimulatedClock)? { nil }

  /// For backends at whose nodes nothing waits.
  public func withdraw(_ instances: [TaskInstanceID]) {}
}

/// Where an executor posts what it has to say. Safe to call from any thread; keeps the order of one caller's posts.
public protocol ExecutorEventSink: Sendable {
  /// Passes these on in this order, and returns at once.
  func post(_ events: [ExecutorEvent])
}

extension ExecutorEventSink {
  /// Posts one event.
  public func post(_ event: ExecutorEvent) { post([event]) }
}

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

/// Why a backend cannot be used.
public struct ExecutorError: Error, CustomStringConvertible, Sendable {
  /// What happened, on what, and what to do: a sentence for the user.
  public var description: String
  /// Makes an error whose text is shown to the user as it is.
  public init(_ description: String) { self.description = description }
}

/// What becomes of jobs when the driver leaves.
public enum ExecutorStopMode: String, Codable, Sendable {
  /// Leave jobs that outlive the driver running; a later `recover` finds them.
  case leaveRunning
  /// End everything that was submitted, and wait until it is gone.
  case cancelAll
}

extension ExecutorContext {
  /// What every batch token of this run begins with, up to its last hyphen.
  public var tokenPrefix: String { Self.tokenPrefix(runUUID: runUUID) }

  /// The first 12 hexadecimal digits of a run's UUID.
  public static func tokenPrefix(runUUID: String) -> String {
    String(runUUID.filter(\.isHexDigit).prefix(12)).lowercased()
  }
}
