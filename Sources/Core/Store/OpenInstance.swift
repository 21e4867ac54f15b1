import JobmonModel

/// An attempt without a committed end.
public struct OpenInstance: Hashable, Codable, Sendable {
  /// The attempt's id in the store.
  public var instance: TaskInstanceID
  /// The index of its task.
  public var task: TaskIndex
  /// The attempt number, from 1 in the run that created the attempt.
  public var attempt: Int
  /// The run that created it, or the last run that adopted it.
  public var run: WorkflowRunID
  /// The name of the cluster to which it was submitted.
  public var cluster: String
  /// The token of its batch, unique for all time. With ``index`` it is the name by which the cluster knows the attempt.
  public var token: String
  /// Its index in the batch.
  public var index: Int
  /// The resources that it requested.
  public var request: ResourceRequest
  /// The cluster's id for it or for its batch; nil if no acceptance by the cluster was recorded.
  public var handle: String?
  /// When its command started, by the wall clock; nil if no start was recorded.
  public var started: Timestamp?

  /// An open attempt as read from the store.
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
