import JobmonModel

/// What the store knows of a batch that an earlier driver committed, for ``Executor/recover(_:)``.
public struct RecoverableBatch: Codable, Sendable {
  /// An attempt that may still run, and may have ended unseen.
  public struct Instance: Codable, Sendable {
    /// Index in the batch, from 0, as ``BatchTask/index``.
    public var index: Int
    /// The attempt's id in the store.
    public var instance: TaskInstanceID
    /// What the backend called the job, where its answer was committed.
    public var handle: String?

    /// Makes an attempt; `handle` is nil where no answer of the backend was committed.
    public init(index: Int, instance: TaskInstanceID, handle: String?) {
      self.index = index
      self.instance = instance
      self.handle = handle
    }
  }

  /// The token that the batch was submitted under.
  public var token: String
  /// What each of its tasks asked for.
  public var resources: ResourceRequest
  /// The instances without a committed outcome.
  public var instances: [Instance]
  /// Whether to end what still runs (cold) or to take it over (hot).
  public var cancel: Bool

  /// Makes a batch that names only its instances without a committed outcome.
  public init(token: String, resources: ResourceRequest, instances: [Instance], cancel: Bool) {
    self.token = token
    self.resources = resources
    self.instances = instances
    self.cancel = cancel
  }
}
