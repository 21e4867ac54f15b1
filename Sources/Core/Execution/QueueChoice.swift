import JobmonModel

/// The queue of a cluster for a request. The requested queue is tried first (without one, the default queue), then the
/// fallback queues in order.
///
/// This decision is made only here. The core calls it before a run starts and when a retry requests more; a backend
/// with queues calls it when it validates a request.
public enum QueueChoice: Hashable, Sendable {
  /// The request with the queue that accepts it; unchanged if the cluster has no queues.
  case fits(ResourceRequest)
  /// None of the queues for the request accepts it; why.
  case impossible(why: String)

  /// Chooses a queue.
  ///
  /// - Parameter queues: those of the cluster. If there are none, every request fits. If several are the default, the
  ///   backend chooses any of them, so one that accepts the request is sufficient.
  public init(_ request: ResourceRequest, queues: [ClusterQueue], fallback: [String]) {
    guard !queues.isEmpty else {
      self = .fits(request)
      return
    }
    let candidates = queues.filter { queue in request.queue.map { $0 == queue.name } ?? queue.isDefault }
    guard !candidates.isEmpty else {
      let names = queues.map(\.name).joined(separator: ", ")
      self = .impossible(
        why: request.queue.map { "there is no queue '\($0)'; the queues are \(names)" }
          ?? "no queue is requested and the cluster has no default; its queues are \(names)")
      return
    }
    let refusals = candidates.compactMap { $0.refusal(of: request) }
    guard refusals.count == candidates.count else {
      self = .fits(request)
      return
    }
    var why = refusals.joined(separator: "; ")
    for name in fallback {
      guard let queue = queues.first(where: { $0.name == name }) else {
        why += "; there is no fallback queue '\(name)'"
        continue
      }
      if let refusal = queue.refusal(of: request) {
        why += "; " + refusal
      } else {
        var moved = request
        moved.queue = name
        self = .fits(moved)
        return
      }
    }
    self = .impossible(why: why)
  }
}

extension ClusterQueue {
  /// Why the queue does not accept the request; nil if it does.
  func refusal(of request: ResourceRequest) -> String? {
    if let maxCores, request.cores > maxCores {
      return "queue '\(name)' allows \(maxCores) cores; requested: \(request.cores)"
    }
    if let maxMemory, let memory = request.memory, memory > maxMemory {
      return
        "queue '\(name)' allows \(ByteCount.text(maxMemory)) of memory; requested: \(ByteCount.text(memory))"
    }
    if let maxRuntime, let runtime = request.runtime, runtime > maxRuntime {
      return "queue '\(name)' allows a runtime of \(maxRuntime) s; requested: \(runtime) s"
    }
    return nil
  }
}
