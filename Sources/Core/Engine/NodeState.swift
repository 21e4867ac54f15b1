import JobmonAdmission
import JobmonExecution
import JobmonModel

/// Cores and memory of a task. A task can take over the slot of another task of the same size.
struct TaskSize: Hashable, Sendable {
  var cores: Int
  var memory: Int64?

  init(_ request: ResourceRequest) {
    cores = request.cores
    memory = request.memory
  }
}

/// A node that the core submits to, and its free cores and memory.
struct NodeState: Sendable {
  private(set) var node: ClusterNode
  private(set) var isUp = true
  private(set) var freeCores: Int
  private(set) var freeMemory: Int64
  /// This run's share of it, if other runs use the same machine.
  var share: HostAmount?

  init(_ node: ClusterNode) {
    self.node = node
    freeCores = node.cores
    freeMemory = node.memory
  }

  func fits(_ amount: HostAmount) -> Bool {
    isUp && hasRoom(for: amount) && (share?.admits(amount, beside: used) ?? true)
  }

  /// Whether there is room, without regard to other runs on the machine.
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

  /// The node is up, possibly with a different size; tasks keep what they hold of it.
  mutating func update(_ node: ClusterNode) {
    let used = used
    self.node = node
    isUp = true
    freeCores = node.cores - used.cores
    freeMemory = node.memory - used.memory
  }

  mutating func takeDown() { isUp = false }
}

extension HostAmount {
  init(_ request: ResourceRequest) { self.init(cores: request.cores, memory: request.memory ?? 0) }
}
