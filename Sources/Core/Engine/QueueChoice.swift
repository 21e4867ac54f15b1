import JobmonExecution
import JobmonModel

/// Finds a queue that takes a request: the one asked for, then the fallback queues in order.
///
/// The same rule serves before a run starts and when a retry asks for more.
public enum QueueChoice: Hashable, Sendable {
  /// The request with the queue that takes it, or as it was where the cluster has no queues.
  case fits(ResourceRequest)
  /// No queue that the request may use takes it; why, for people.
  case impossible(why: String)

  /// - Parameter queues: the cluster's; where it has none, every request fits.
  public init(_ request: ResourceRequest, queues: [ClusterQueue], fallback: [String]) {
    guard !queues.isEmpty else {
      self = .fits(request)
      return
    }
    let own =
      request.queue.map { name in queues.first { $0.name == name } } ?? queues.first(where: \.isDefault)
    guard let own else {
      let names = queues.map(\.name).joined(separator: ", ")
      self = .impossible(
        why: request.queue.map { "there is no queue '\($0)'; there are \(names)" }
          ?? "no queue is asked for and the cluster has no default; there are \(names)")
      return
    }
    guard var why = own.refusal(of: request) else {
      self = .fits(request)
      return
    }
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
      return "queue '\(name)' allows \(maxCores) cores and the request is for \(request.cores)"
    }
    if let maxMemory, let memory = request.memory, memory > maxMemory {
      return
        "queue '\(name)' allows \(ByteCount.text(maxMemory)) of memory and the request is for \(ByteCount.text(memory))"
    }
    if let maxRuntime, let runtime = request.runtime, runtime > maxRuntime {
      return "queue '\(name)' allows a runtime of \(maxRuntime) s and the request is for \(runtime) s"
    }
    return nil
  }
}
