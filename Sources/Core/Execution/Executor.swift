import JobmonModel
import Logging

/// A cluster backend, which runs jobs.
///
/// An executor receives calls for many items at once, and answers for each item by events, at any time and from any
/// thread. No call blocks: it returns as soon as the executor has recorded it, and all answers are posted to the sink
/// passed to ``start(_:events:)``. Backends in this process, programs connected by pipes, and simulated clusters
/// therefore look the same to the engine, and the core never polls.
///
/// An executor guarantees:
/// - Every submitted instance gets exactly one of `accepted`, `rejected`, `deferred`, `ambiguous`. Every accepted
///   instance eventually gets an `ended`, possibly without a `started` before it.
/// - Until an outcome is acknowledged, the job can be found, and `ended` is repeated on ``recover(_:)``.
/// - It reports `absent` only for an instance that certainly is not running and will not start.
/// - It never starts anything that was not submitted, and never starts anything twice for one token and index.
///
/// It does not decide on grouping, placement, pacing, limits, retries or timeouts. The core does.
public protocol Executor: Sendable {
  /// Opens the backend. It answers with `info`; after that, the other calls are allowed.
  ///
  /// - Throws: ``ExecutorError`` if the backend cannot be used at all. Its text is shown to the user (exit code 4).
  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws

  /// Asks whether the cluster can ever run tasks with these requests. It answers with one `validated`, in the same
  /// order.
  func validate(_ requests: [ResourceRequest])

  /// Runs the tasks of a batch. It answers with `submitted`. If the core places tasks (``Placement/core(_:)``), a batch
  /// may come in several parts with the same token. Otherwise, one token is one submission.
  func submit(_ batch: Batch)

  /// Cancels these instances. It answers with `cancelled` for each, and with `ended` for those that were still running.
  func cancel(_ instances: [TaskInstanceID])

  /// Withdraws those of these instances that wait at their node (``BatchTask/waits``) and have not started. Each of
  /// these gets an `ended` as interrupted; the others continue. Called only for backends with
  /// ``ExecutorCapability/prefetches``.
  func withdraw(_ instances: [TaskInstanceID])

  /// Asks for the state of instances that an earlier driver (or plugin process) submitted. It answers with `recovered`
  /// for each.
  func recover(_ batches: [RecoverableBatch])

  /// The outcomes of these instances are synced to disk, so data kept to repeat them may be removed.
  func acknowledge(_ instances: [TaskInstanceID])

  /// The driver exits. The call returns when the backend no longer needs this process; with `cancelAll`, when no
  /// submitted job runs any more.
  func stop(_ mode: ExecutorStopMode)

  /// The clock of a cluster with simulated time; nil (the default) for real time. Used after the cluster was started.
  var simulatedClock: (any SimulatedClock)? { get }
}

extension Executor {
  /// nil: the cluster uses real time.
  public var simulatedClock: (any SimulatedClock)? { nil }

  /// Does nothing, for backends on whose nodes no task waits.
  public func withdraw(_ instances: [TaskInstanceID]) {}
}
