/// A machine of a cluster on which the core places tasks. Memory in bytes.
public struct ClusterNode: Hashable, Codable, Sendable {
  /// Unique in its cluster.
  public var name: String
  /// Cores that tasks may use, all of them together.
  public var cores: Int
  /// Bytes that tasks may use, all of them together.
  public var memory: Int64

  /// Makes a node; memory in bytes.
  public init(name: String, cores: Int, memory: Int64) {
    self.name = name
    self.cores = cores
    self.memory = memory
  }
}
