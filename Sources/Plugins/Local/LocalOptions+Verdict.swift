import JobmonCore

/// Which requests this machine can run.
extension LocalOptions {
  func verdict(on request: ResourceRequest, node: ClusterNode) -> ResourceVerdict {
    if case .impossible(let why) = QueueChoice(request, queues: queues, fallback: []) {
      return .impossible(why: why)
    }
    var possible = request
    var why: [String] = []
    if request.cores > node.cores {
      possible.cores = node.cores
      why.append("requests \(request.cores) cores, \(node.name) has \(node.cores)")
    }
    if let memory = request.memory, memory > node.memory {
      let text =
        "requests \(ByteCount.gibibytes(memory)) of memory, \(node.name) has \(ByteCount.gibibytes(node.memory))"
      guard oversubscribe else {
        return .impossible(why: "\(text); the option oversubscribe allows it")
      }
      possible.memory = node.memory
      why.append(text)
    }
    return why.isEmpty ? .ok : .coerced(possible, why: why.joined(separator: "; "))
  }
}
