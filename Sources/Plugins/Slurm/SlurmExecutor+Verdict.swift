import JobmonCore

extension SlurmExecutor.Opened {
  /// Whether the partition that a request would go to (else any) can ever run it.
  func verdict(on request: ResourceRequest) -> ResourceVerdict {
    let name = request.queue ?? options.attributes["partition"]
    let possible = queues.filter {
      name.map($0.name.split(separator: ",").map(String.init).contains) ?? $0.isDefault
    }
    guard !possible.isEmpty else { return .ok }  // the controller knows better
    let faults = possible.compactMap { $0.fault(of: request) }
    return faults.count == possible.count ? .impossible(why: faults[0]) : .ok
  }
}

extension ClusterQueue {
  /// What of a request is more than this queue has.
  fileprivate func fault(of request: ResourceRequest) -> String? {
    if let maxCores, request.cores > maxCores {
      return "partition \(name) has no node of \(request.cores) cores; the largest has \(maxCores)"
    }
    if let maxMemory, let memory = request.memory, memory > maxMemory {
      return "partition \(name) has no node of \(ByteCount.wholeMebibytes(memory)); "
        + "the largest has \(ByteCount.wholeMebibytes(maxMemory))"
    }
    if let maxRuntime, let runtime = request.runtime, runtime > maxRuntime {
      return "partition \(name) runs no job for \(runtime) s; its limit is \(maxRuntime) s"
    }
    return nil
  }
}
