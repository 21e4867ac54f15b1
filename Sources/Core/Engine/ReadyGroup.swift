import JobmonCollections
import JobmonExecution
import JobmonModel

/// Ready tasks that can share a batch: one template, one cluster, one request.
struct ReadyGroup: Sendable {
  struct Key: Hashable, Sendable {
    var cluster: Int
    var template: Int
    var request: ResourceRequest
    var maxAttempts: Int
  }

  /// The cluster's verdict on the group's request.
  enum Verdict: Hashable, Sendable {
    case ok, asked
    case impossible(why: String)
  }

  let key: Key
  /// The request as the cluster will run it.
  var request: ResourceRequest { didSet { size = TaskSize(request) } }
  /// The cores and memory that each of its tasks takes.
  private(set) var size: TaskSize
  var verdict: Verdict
  var tasks = PriorityHeap<ReadyTask>()
  /// The batch for further attempts, and its number of attempts so far.
  var token: String?
  var batchCount = 0
  /// Whether it waits for its template's limit, outside its cluster's queue.
  var isParked = false

  init(_ key: Key, verdict: Verdict) {
    self.key = key
    request = key.request
    size = TaskSize(key.request)
    self.verdict = verdict
  }
}

/// A group in its cluster's queue, ordered by its first task.
struct QueuedGroup: Comparable, Sendable {
  var head: ReadyTask
  var group: Int32

  static func < (left: QueuedGroup, right: QueuedGroup) -> Bool { left.head < right.head }
}
