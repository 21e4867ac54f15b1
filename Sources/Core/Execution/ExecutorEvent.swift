import JobmonModel

/// The events of an executor.
public enum ExecutorEvent: Hashable, Codable, Sendable {
  /// The backend's description: the answer to ``Executor/start(_:events:)``, before all other events.
  indirect case info(ExecutorDescription)
  /// The answers to one ``Executor/validate(_:)``, in the order of its requests.
  case validated([ResourceRequest], [ResourceVerdict])
  /// The answer to ``Executor/submit(_:)``, which is the same for all of these instances.
  case submitted([TaskInstanceID], SubmissionVerdict)
  /// How many more instances the backend accepts now, if it places tasks itself.
  case capacity(Int)
  /// The core may place tasks on this node, which is new, is available again, or has changed its size.
  case nodeUp(ClusterNode)
  /// The node and the tasks on it are gone. Each of these instances still gets its `ended`.
  case nodeDown(String)
  /// The command is running. `node` is nil if unknown; `at` is by the wall clock.
  case started(TaskInstanceID, node: String?, at: Timestamp)
  /// Why accepted instances do not run, in the cluster's own words.
  case waiting([TaskInstanceID], reason: String)
  /// The instance has ended. The event is repeated on ``Executor/recover(_:)`` until it is acknowledged.
  indirect case ended(TaskInstanceID, Outcome)
  /// Resource usage that was not known when the instance ended.
  case usage(TaskInstanceID, ResourceUsage)
  /// The answer to ``Executor/cancel(_:)`` for one instance.
  case cancelled(TaskInstanceID, CancelVerdict)
  /// The answer to ``Executor/recover(_:)`` for one instance.
  indirect case recovered(TaskInstanceID, RecoveryVerdict)
  /// A line for `run.log`. Users see warnings and errors; other levels only with `-v`.
  case log(LogLevel, String)
  /// Whether the backend can be used; sent when this changes after `info`.
  case health(ClusterHealth)
}
