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

  /// What the cluster says of the group's request.
  enum Verdict: Hashable, Sendable {
    case ok, asked
    case impossible(why: String)
  }

  var key: Key
  /// The request as the cluster will run it.
  var request: ResourceRequest { didSet { size = TaskSize(request) } }
  /// What it takes of a node.
  private(set) var size: TaskSize
  var verdict: Verdict
  var tasks = PriorityHeap<ReadyTask>()
  /// The batch that takes further attempts, where the core places, and how many it has.
  var token: String?
  var batchCount = 0
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

/// A cluster as the engine sees it.
struct ClusterState: Sendable {
  let name: String
  let outlivesDriver: Bool
  let maxBatch: Int
  let queues: [ClusterQueue]
  /// nil where the backend places.
  var nodes: [NodeState]?
  /// Of all nodes, those that are down included.
  private(set) var totalCores = 0
  /// The most instances a backend that places takes at a time.
  var maxOutstanding: Int
  var outstanding = 0
  /// Attempts that are recorded and not submitted yet.
  var prepared = 0
  var isUsable: Bool
  /// Why it did not take tasks, and when that was told (monotonic milliseconds).
  var deferrals: [String: Int64] = [:]
  /// Earlier runs' instances of this cluster whose fate is not known yet; nothing starts before it is.
  var recovering = 0
  /// Groups by their first task; entries whose group has another first task by now are stale.
  var ready = PriorityHeap<QueuedGroup>()
  /// The first group in the queue that fitted nowhere, and how many tasks went past it since.
  var held: (group: Int32, passes: Int)?
  /// What holds places and what waits for one, by size, where the backend lets tasks wait at its only node.
  var places: [TaskSize: Places]?
  /// Where the search for a node begins.
  var nextNode = 0

  struct Places: Sendable {
    /// Attempts that hold cores and memory.
    var taken = 0
    /// Attempts that were submitted and wait for one of those to end, in order.
    var waiting = FirstInFirstOut<TaskInstanceID>()
  }

  struct NodeState: Sendable {
    var node: ClusterNode
    var isUp = true
    var freeCores: Int
    var freeMemory: Int64
    /// What this run may take of it, where other runs take tasks to the same machine.
    var share: HostAmount?

    init(_ node: ClusterNode) {
      self.node = node
      freeCores = node.cores
      freeMemory = node.memory
    }

    func fits(_ amount: HostAmount) -> Bool {
      isUp && hasRoom(for: amount) && (share?.admits(amount, beside: used) ?? true)
    }

    /// Whether there is room, were the run alone on the machine.
    func hasRoom(for amount: HostAmount) -> Bool { amount.cores <= freeCores && amount.memory <= freeMemory }

    var used: HostAmount { HostAmount(cores: node.cores - freeCores, memory: node.memory - freeMemory) }

    /// Cores that tasks may take now.
    var openCores: Int { isUp ? min(freeCores, (share?.cores ?? .max) - used.cores) : 0 }

    func couldEverFit(_ request: ResourceRequest) -> Bool {
      request.cores <= node.cores && (request.memory ?? 0) <= node.memory
    }

    mutating func take(_ size: TaskSize) {
      freeCores -= size.cores
      freeMemory -= size.memory ?? 0
    }

    mutating func give(_ size: TaskSize) {
      freeCores += size.cores
      freeMemory += size.memory ?? 0
    }
  }

  init(_ plan: EnginePlan.ClusterPlan) {
    name = plan.name
    outlivesDriver = plan.description.outlivesDriver
    maxBatch = max(1, plan.description.maxBatch)
    queues = plan.description.queues
    isUsable = plan.description.health == .ready
    switch plan.description.placement {
    case .backend(let most):
      nodes = nil
      maxOutstanding = most
    case .core(let list):
      nodes = list.map(NodeState.init)
      maxOutstanding = .max
      if list.count == 1, plan.description.capabilities.contains(.prefetches) { places = [:] }
    }
    countCores()
  }

  mutating func countCores() { totalCores = nodes?.reduce(0) { $0 + $1.node.cores } ?? 0 }

  /// A node that a task of this size fits on now.
  mutating func findNode(for size: TaskSize) -> Int? {
    let amount = HostAmount(cores: size.cores, memory: size.memory ?? 0)
    let count = nodes?.count ?? 0
    for step in 0..<count {
      let place = nextNode + step < count ? nextNode + step : nextNode + step - count
      if nodes![place].fits(amount) {
        nextNode = place
        return place
      }
    }
    return nil
  }
}
