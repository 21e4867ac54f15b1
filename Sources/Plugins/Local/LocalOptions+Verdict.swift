import JobmonCore

/// What can ever run here.
extension LocalOptions {
  func verdict(on request: ResourceRequest, node: ClusterNode) -> ResourceVerdict {
    if let queue = request.queue, !queues.isEmpty, !queues.contains(where: { $0.name == queue }) {
      let known = queues.map(\.name).joined(separator: ", ")
      return .impossible(why: "there is no queue '\(queue)'; known: \(known)")
    }
    var possible = request
    var why: [String] = []
    if request.cores > node.cores {
      possible.cores = node.cores
      why.append("asks for \(request.cores) cores, \(node.name) has \(node.cores)")
    }
    if let memory = request.memory, memory > node.memory {
      let text =
        "asks for \(ByteCount.gibibytes(memory)) of memory, \(node.name) has \(ByteCount.gibibytes(node.memory))"
      guard oversubscribe else {
        return .impossible(why: "\(text); --oversubscribe runs it nevertheless")
      }
      possible.memory = node.memory
      why.append(text)
    }
    return why.isEmpty ? .ok : .coerced(possible, why: why.joined(separator: "; "))
  }
}
