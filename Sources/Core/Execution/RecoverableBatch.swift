import JobmonModel

/// The stored data of a batch that an earlier driver committed, for ``Executor/recover(_:)``.
public struct RecoverableBatch: Codable, Sendable {
  /// An attempt that may still be running, or may have ended while no driver was running.
  public struct Instance: Codable, Sendable {
    /// Index in the batch, from 0, as in ``BatchTask/index``.
    public var index: Int
    /// The attempt's id in the store.
    public var instance: TaskInstanceID
    /// The backend's name for the job, if its answer was committed.
    public var handle: String?

    /// Creates an attempt. `handle` is nil if no answer of the backend was committed.
    public init(index: Int, instance: TaskInstanceID, handle: String?) {
      self.index = index
      self.instance = instance
      self.handle = handle
    }
  }

  /// The token with which the batch was submitted.
  public var token: String
  /// The request of each of its tasks.
  public var resources: ResourceRequest
  /// The instances without a committed outcome.
  public var instances: [Instance]
  /// Whether to cancel running jobs (cold resume) or to take them over (hot resume).
  public var cancel: Bool

  /// Creates a batch with only those instances that have no committed outcome.
  public init(token: String, resources: ResourceRequest, instances: [Instance], cancel: Bool) {
    self.token = token
    self.resources = resources
    self.instances = instances
    self.cancel = cancel
  }
}
