import JobmonCore

extension SlurmExecutor.Opened {
  /// Whether the partition that a request goes to can ever run it.
  func verdict(on request: ResourceRequest) -> ResourceVerdict {
    switch QueueChoice(request, queues: queues, fallback: []) {
    case .fits: .ok
    case .impossible(let why): .impossible(why: why)
    }
  }
}

extension [ClusterQueue] {
  /// The queues as requests meet them: with the cluster option `partition`, its partitions take the place of the default.
  ///
  /// - Parameter partition: as sbatch(1) takes it, several separated by commas.
  func withDefault(_ partition: String?) -> [ClusterQueue] {
    guard let partition else { return self }
    let names = partition.split(separator: ",").map(String.init)
    let known = map { queue in
      var queue = queue
      queue.isDefault = names.contains(queue.name)
      return queue
    }
    // Of a partition that the controller does not show no limits are known: the controller decides at submission.
    let unknown = names.filter { name in !contains { $0.name == name } }
    return known + unknown.map { ClusterQueue(name: $0, isDefault: true) }
  }
}
