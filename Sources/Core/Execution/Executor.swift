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

extension Executor {
  /// nil: the cluster lives in everybody's time.
  public var simulatedClock: (any SimulatedClock)? { nil }

  /// For backends at whose nodes nothing waits.
  public func withdraw(_ instances: [TaskInstanceID]) {}
}
