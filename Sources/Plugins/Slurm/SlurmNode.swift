import JobmonCore

/// A node of the cluster.
package struct SlurmNode: Sendable {
  package var cores: Int
  /// Bytes.
  package var memory: Int64
  /// The names of its partitions.
  package var partitions: [String]

  package init(cores: Int, memory: Int64, partitions: [String]) {
    self.cores = cores
    self.memory = memory
    self.partitions = partitions
  }
}

extension [ClusterQueue] {
  /// The queues, with the cores and memory of their largest node as limits. A queue without known nodes keeps its own
  /// limits.
  func limited(by nodes: [SlurmNode]) -> [ClusterQueue] {
    var cores: [String: Int] = [:]
    var memory: [String: Int64] = [:]
    for node in nodes {
      for partition in node.partitions {
        cores[partition] = Swift.max(cores[partition] ?? 0, node.cores)
        memory[partition] = Swift.max(memory[partition] ?? 0, node.memory)
      }
    }
    return map { queue in
      var queue = queue
      queue.maxCores = [queue.maxCores, cores[queue.name]].compactMap { $0 }.min()
      queue.maxMemory = memory[queue.name]
      return queue
    }
  }
}
