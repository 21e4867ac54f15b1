/// A queue and its limits; nil is no limit. Memory in bytes, runtime in seconds.
public struct ClusterQueue: Hashable, Codable, Sendable {
  /// What requests name it by: unique in its cluster.
  public var name: String
  /// Whether requests that name no queue go to it. Where several are, the backend takes any of them.
  public var isDefault: Bool
  /// The most cores that one task may ask for.
  public var maxCores: Int?
  /// The most memory that one task may ask for, in bytes.
  public var maxMemory: Int64?
  /// The longest time that one task may ask for, in seconds.
  public var maxRuntime: Int64?

  /// Makes a queue; limits that are left out do not exist.
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
