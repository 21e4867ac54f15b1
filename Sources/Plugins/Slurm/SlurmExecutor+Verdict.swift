import JobmonCore

extension SlurmExecutor.Opened {
  /// Whether the attributes of a request make sense, and whether its partition can ever run it.
  func verdict(on request: ResourceRequest) -> ResourceVerdict {
    for (name, value) in request.other.sorted(by: { $0.key < $1.key }) {
      if let why = SlurmAttributes.fault(name, value) { return .impossible(why: why) }
    }
    return switch QueueChoice(request, queues: queues, fallback: []) {
    case .fits: .ok
    case .impossible(let why): .impossible(why: why)
    }
  }
}

extension [ClusterQueue] {
  /// The queues as seen by requests: the partitions of the cluster option `partition` replace the default.
  ///
  /// - Parameter partition: as in sbatch(1); several are separated by commas.
  func withDefault(_ partition: String?) -> [ClusterQueue] {
    guard let partition else { return self }
    let names = partition.split(separator: ",").map(String.init)
    let known = map { queue in
      var queue = queue
      queue.isDefault = names.contains(queue.name)
      return queue
    }
    // The limits of a partition that the controller does not show are unknown: the controller decides at submission.
    let unknown = names.filter { name in !contains { $0.name == name } }
    return known + unknown.map { ClusterQueue(name: $0, isDefault: true) }
  }
}
