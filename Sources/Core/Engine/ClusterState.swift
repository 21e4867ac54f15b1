import JobmonAdmission
import JobmonCollections
import JobmonExecution
import JobmonModel

/// The engine's view of a cluster: its nodes, its submitted attempts, and its queue of groups with ready tasks.
struct ClusterState: Sendable {
  let name: String
  let outlivesDriver: Bool
  let maxBatch: Int
  let queues: [ClusterQueue]
  /// nil if the backend chooses the node.
  private(set) var nodes: [NodeState]?
  /// Cores of all nodes, including nodes that are down.
  private(set) var totalCores = 0
  /// The maximum number of instances that the backend accepts at a time, if it chooses the node.
  private var maxOutstanding: Int
  /// Attempts submitted or running.
  private(set) var outstanding = 0
  /// Attempts that are recorded and not submitted yet.
  var prepared = 0
  var isUsable: Bool
  /// Instances of earlier runs on this cluster whose state is not known yet. Nothing starts until it is known.
  var recovering = 0
  /// Groups by their first task; an entry is stale if its group's first task has changed.
  var ready = PriorityHeap<QueuedGroup>()
  /// The first group in the queue that does not fit, and the number of tasks that have overtaken it.
  var held: (group: Int32, passes: Int)?
  /// Slots in use and attempts waiting for one, by size; nil unless the backend lets tasks wait at its only node.
  private var slots: [TaskSize: Slots]?
  /// Index of the node where the search starts.
  private var nextNode = 0

  private struct Slots: Sendable {
    /// Attempts that hold cores and memory.
    var taken = 0
    /// Submitted attempts that wait for one of those to end, in order.
    var waiting = FirstInFirstOut<TaskInstanceID>()
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
      if list.count == 1, plan.description.capabilities.contains(.prefetches) { slots = [:] }
    }
    countCores()
  }

  /// Whether the backend accepts no more instances now.
  var isFull: Bool { outstanding >= maxOutstanding }

  mutating func submitted() { outstanding += 1 }

  mutating func ended() { outstanding -= 1 }

  /// Sets how many more instances the backend accepts now.
  mutating func setCapacity(_ more: Int) {
    if nodes == nil { maxOutstanding = outstanding + min(max(0, more), 1 << 32) }
  }

  // MARK: Nodes

  private mutating func countCores() { totalCores = nodes?.reduce(0) { $0 + $1.node.cores } ?? 0 }

  mutating func nodeUp(_ node: ClusterNode) {
    guard nodes != nil else { return }
    if let index = index(ofNode: node.name) {
      nodes![index].update(node)
    } else {
      nodes!.append(NodeState(node))
    }
    countCores()
  }

  mutating func nodeDown(_ name: String) {
    if let index = index(ofNode: name) { nodes![index].takeDown() }
  }

  func index(ofNode name: String) -> Int? { nodes?.firstIndex { $0.node.name == name } }

  /// Sets this run's share of the cluster's first node.
  mutating func setShare(_ share: HostAmount) { nodes![0].share = share }

  /// Whether no node has a free core for this run.
  var isExhausted: Bool { nodes?.allSatisfy { $0.openCores <= 0 } ?? false }

  /// Whether any node is large enough; true if no nodes are known.
  func couldEverFit(_ request: ResourceRequest) -> Bool {
    nodes.map { $0.isEmpty || $0.contains { $0.couldEverFit(request) } } ?? true
  }

  /// Index of a node with room for a task of this size now.
  mutating func findNode(for size: TaskSize) -> Int? {
    let amount = HostAmount(cores: size.cores, memory: size.memory ?? 0)
    let count = nodes?.count ?? 0
    for step in 0..<count {
      let index = nextNode + step < count ? nextNode + step : nextNode + step - count
      if nodes![index].fits(amount) {
        nextNode = index
        return index
      }
    }
    return nil
  }

  mutating func take(_ size: TaskSize, onNode node: Int) {
    nodes![node].take(size)
    slots?[size, default: Slots()].taken += 1
  }

  mutating func give(_ size: TaskSize, onNode node: Int) {
    nodes?[node].give(size)
    slots?[size]?.taken -= 1
  }

  // MARK: Waiting at the node

  /// Whether the backend lets tasks wait at its node.
  var letsTasksWait: Bool { slots != nil }

  /// Attempts of a size that hold cores and memory; nil if they are not counted.
  func taken(_ size: TaskSize) -> Int? { slots?[size]?.taken }

  /// Number of attempts of a size that wait at the node.
  func waitingCount(_ size: TaskSize) -> Int { slots?[size]?.waiting.count ?? 0 }

  /// Whether any attempt waits at the node.
  var isPrefetching: Bool { slots?.values.contains { $0.waiting.count > 0 } ?? false }

  mutating func wait(_ instance: TaskInstanceID, _ size: TaskSize) { slots?[size]?.waiting.append(instance) }

  /// Removes the first attempt of a size that waits at the node; it may have been withdrawn.
  mutating func popWaiting(_ size: TaskSize) -> TaskInstanceID? { slots?[size]?.waiting.popFirst() }
}
