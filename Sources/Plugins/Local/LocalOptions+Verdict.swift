import JobmonCore

/// What can ever run here.
extension LocalOptions {
  func verdict(on request: ResourceRequest, node: ClusterNode) -> ResourceVerdict {
    if case .impossible(let why) = QueueChoice(request, queues: queues, fallback: []) {
      return .impossible(why: why)
    }
    var possible = request
    var why: [String] = []
    if request.cores > node.cores {
      possible.cores = node.cores
      why.append("asks for \(request.cores) cores, \(node.name) has \(node.cores)")
    }
    if let memory = request.memory, memory > node.memory {
      let text = "asks for \(gibibytes(memory)) of memory, \(node.name) has \(gibibytes(node.memory))"
      guard oversubscribe else {
        return .impossible(why: "\(text); --oversubscribe runs it nevertheless")
      }
      possible.memory = node.memory
      why.append(text)
    }
    return why.isEmpty ? .ok : .coerced(possible, why: why.joined(separator: "; "))
  }

  /// To two places, rounded so that the more is never shown as the less.
  private func gibibytes(_ bytes: Int64) -> String {
    let hundredths = bytes / (1 << 30) * 100 + bytes % (1 << 30) * 100 / (1 << 30)
    let cents = hundredths % 100
    return "\(hundredths / 100)\(cents == 0 ? "" : (cents < 10 ? ".0" : ".") + "\(cents)") GiB"
  }
}
