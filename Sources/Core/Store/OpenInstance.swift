import JobmonModel

/// An attempt whose end nobody has committed.
public struct OpenInstance: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// Counted from 1 in the run that made it.
  public var attempt: Int
  /// The run that made it, or that adopted it last.
  public var run: WorkflowRunID
  /// The name of the cluster that it was submitted to.
  public var cluster: String
  /// The token of its batch, unique for all time; with ``index`` the name that the cluster knows the attempt by.
  public var token: String
  /// Its index in the batch.
  public var index: Int
  /// What it asked for.
  public var request: ResourceRequest
  /// The cluster's own name for it or for its batch; nil where the cluster had not accepted it yet.
  public var handle: String?
  /// When its command started, by the wall clock; nil where it has not, as far as it is known.
  public var started: Timestamp?

  /// An open attempt as it is read from the store.
  public init(
    instance: TaskInstanceID, task: TaskIndex, attempt: Int, run: WorkflowRunID, cluster: String,
    token: String,
    index: Int, request: ResourceRequest, handle: String?, started: Timestamp?
  ) {
    self.instance = instance
    self.task = task
    self.attempt = attempt
    self.run = run
    self.cluster = cluster
    self.token = token
    self.index = index
    self.request = request
    self.handle = handle
    self.started = started
  }
}
