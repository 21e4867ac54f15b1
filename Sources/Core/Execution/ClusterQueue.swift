/// A queue and its limits. A limit of nil means no limit. Memory is in bytes, runtime in seconds.
public struct ClusterQueue: Hashable, Codable, Sendable {
  /// The name in requests, unique in its cluster.
  public var name: String
  /// Whether requests without a queue go to it. If there are several such queues, the backend chooses one of them.
  public var isDefault: Bool
  /// Maximum number of cores per task.
  public var maxCores: Int?
  /// Maximum memory per task in bytes.
  public var maxMemory: Int64?
  /// Maximum runtime per task in seconds.
  public var maxRuntime: Int64?

  /// Creates a queue. It has only the limits that are given.
  public init(
    name: String, isDefault: Bool = false, maxCores: Int? = nil, maxMemory: Int64? = nil,
    maxRuntime: Int64? = nil
  ) {
    self.name = name
    self.isDefault = isDefault
    self.maxCores = maxCores
    self.maxMemory = maxMemory
    self.maxRuntime = maxRuntime
  }
}
