import JobmonModel

/// Everything an executor can say.
public enum ExecutorEvent: Hashable, Codable, Sendable {
  /// What the backend is: the answer to ``Executor/start(_:events:)``, before all other events.
  indirect case info(ExecutorDescription)
  /// The answers to one ``Executor/validate(_:)``, in the order of its requests.
  case validated([ResourceRequest], [ResourceVerdict])
  /// The answer to ``Executor/submit(_:)``, the same for all of these instances.
  case submitted([TaskInstanceID], SubmissionVerdict)
  /// How many more instances a backend that places for itself would take now.
  case capacity(Int)
  /// The core may place tasks on this node, which is new, has come back, or has another size now.
  case nodeUp(ClusterNode)
  /// The node and whatever ran on it are gone; each instance there still gets its `ended`.
  case nodeDown(String)
  /// The command runs. `node` and `at` (wall clock) as far as the backend knows them.
  case started(TaskInstanceID, node: String?, at: Timestamp)
  /// Why instances that were accepted do not run yet, in the cluster's own words.
  case waiting([TaskInstanceID], reason: String)
  /// The instance has ended for good; repeated on ``Executor/recover(_:)`` until it is acknowledged.
  indirect case ended(TaskInstanceID, Outcome)
  /// Figures that were not yet known when the instance ended.
  case usage(TaskInstanceID, ResourceUsage)
  /// The answer to ``Executor/cancel(_:)``, for one instance.
  case cancelled(TaskInstanceID, CancelVerdict)
  /// The answer to ``Executor/recover(_:)``, for one instance.
  indirect case recovered(TaskInstanceID, RecoveryVerdict)
  /// A line for `run.log`. People see warnings and errors, and everything else with `-v`.
  case log(LogLevel, String)
  /// Whether the backend can be used, each time that changes after `info`.
  case health(ClusterHealth)
}
