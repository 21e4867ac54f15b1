/// A machine of a cluster on which the core places tasks. Memory in bytes.
public struct ClusterNode: Hashable, Codable, Sendable {
  /// Unique in its cluster.
  public var name: String
  /// Number of cores that all tasks together may use.
  public var cores: Int
  /// Number of bytes that all tasks together may use.
  public var memory: Int64

  /// Creates a node. Memory is in bytes.
  public init(name: String, cores: Int, memory: Int64) {
    self.name = name
    self.cores = cores
    self.memory = memory
  }
}
