import JobmonModel

/// Which queue of a cluster a request goes to, and whether that queue takes it: the queue asked for (else the default
/// one), then the fallback queues in order.
///
/// This is the only place where that is decided. The core asks before a run starts and when a retry asks for more; a
/// backend with queues asks when it validates a request.
public enum QueueChoice: Hashable, Sendable {
  /// The request with the queue that takes it, or as it was where the cluster has no queues.
  case fits(ResourceRequest)
  /// No queue that the request may use takes it; why, for people.
  case impossible(why: String)

  /// - Parameter queues: the cluster's; where it has none, every request fits. Where several are the default, the backend
  ///   takes any of them, so one that takes the request is enough.
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
  /// Why the queue does not take the request; nil if it does.
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
