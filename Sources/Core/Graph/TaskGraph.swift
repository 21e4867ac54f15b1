import JobmonModel

/// The DAG in the form used by the engine: how many upstream nodes each node has, and the downstream nodes of each
/// node.
///
/// The nodes below ``taskCount`` are the tasks. If two or more tasks share an upstream set of two or more tasks, the
/// set becomes an extra node, a join. If m tasks all wait for the same n tasks, there are n + m edges instead of n x m.
public struct TaskGraph: Codable, Sendable {
  /// Number of tasks in the definition. The nodes below it are the tasks, with their ``TaskIndex``.
  public let taskCount: Int
  /// Number of nodes: tasks and joins.
  public let nodeCount: Int
  /// Number of upstream nodes of each node.
  public let upstreamCount: [Int32]
  /// Node k's downstream nodes are `targets[offsets[k]..<offsets[k + 1]]`.
  private let offsets: [Int]
  private let targets: [Int32]
  /// All nodes, upstream nodes first.
  private let order: [Int32]

  /// The graph has a cycle.
  public struct Cycle: Error, Hashable, Sendable {
    /// The tasks of the cycle. Each waits for the one before it, and the first waits for the last.
    public var tasks: [TaskIndex]
    /// Creates a cycle of these tasks, in the order of ``tasks``.
    public init(tasks: [TaskIndex]) { self.tasks = tasks }
  }

  /// Creates the graph of a definition's tasks.
  ///
  /// - Throws: ``Cycle`` if there is a cycle. If there are several, only one is reported.
  public init(_ definition: WorkflowDefinition) throws(Cycle) {
    try self.init(upstreams: definition.tasks.upstreams, sets: definition.upstreamSets)
  }

  /// Creates a graph from upstream sets.
  ///
  /// - Parameter upstreams: each task's upstream set.
  /// - Throws: ``Cycle`` if there is a cycle.
  public init(upstreams: [UpstreamSets.ID], sets: UpstreamSets) throws(Cycle) {
    taskCount = upstreams.count
    var users = [Int32](repeating: 0, count: sets.count)
    for set in upstreams { users[Int(set)] += 1 }

    // Find the sets that become joins, and the node of each join.
    var joinOfSet = [Int32](repeating: -1, count: sets.count)
    var nodes = Int32(taskCount)
    for set in 0..<sets.count where users[set] > 1 && sets[Int32(set)].count > 1 {
      joinOfSet[set] = nodes
      nodes += 1
    }
    nodeCount = Int(nodes)

    // The edges are counted before they are stored, so no list per node is needed.
    var upstreamCount = [Int32](repeating: 0, count: nodeCount)
    var offsets = [Int](repeating: 0, count: nodeCount + 1)
    func eachEdge(_ body: (_ from: Int32, _ to: Int32) -> Void) {
      for set in 0..<joinOfSet.count where joinOfSet[set] >= 0 {
        for member in sets[Int32(set)] { body(member, joinOfSet[set]) }
      }
      for task in 0..<upstreams.count {
        let set = Int(upstreams[task])
        if joinOfSet[set] >= 0 {
          body(joinOfSet[set], Int32(task))
        } else {
          for member in sets[Int32(set)] { body(member, Int32(task)) }
        }
      }
    }
    eachEdge { from, to in
      upstreamCount[Int(to)] += 1
      offsets[Int(from) + 1] += 1
    }
    for node in 0..<nodeCount { offsets[node + 1] += offsets[node] }
    var next = offsets
    var targets = [Int32](repeating: 0, count: offsets[nodeCount])
    eachEdge { from, to in
      targets[next[Int(from)]] = to
      next[Int(from)] += 1
    }

    self.upstreamCount = upstreamCount
    self.offsets = offsets
    self.targets = targets
    if let order = Self.orderByNumber(upstreams, sets, joinOfSet, nodeCount: nodeCount) {
      self.order = order
      return
    }

    var order: [Int32] = []
    order.reserveCapacity(nodeCount)
    var waiting = upstreamCount
    for node in 0..<nodeCount where waiting[node] == 0 { order.append(Int32(node)) }
    var index = 0
    while index < order.count {
      let node = Int(order[index])
      index += 1
      for target in targets[offsets[node]..<offsets[node + 1]] {
        waiting[Int(target)] -= 1
        if waiting[Int(target)] == 0 { order.append(target) }
      }
    }
    if order.count < nodeCount {
      throw Cycle(tasks: Self.cycle(among: waiting, upstreams: upstreams, sets: sets))
    }
    self.order = order
  }

  /// The tasks in the order of their index, each join before the first task that waits for it; nil if a task has a
  /// lower index than a task upstream of it.
  private static func orderByNumber(
    _ upstreams: [UpstreamSets.ID], _ sets: UpstreamSets, _ joinOfSet: [Int32], nodeCount: Int
  ) -> [Int32]? {
    var isLaid = [Bool](repeating: false, count: sets.count)
    var order: [Int32] = []
    order.reserveCapacity(nodeCount)
    for task in upstreams.indices {
      let set = Int(upstreams[task])
      if let latest = sets[upstreams[task]].last, latest >= task { return nil }
      if joinOfSet[set] >= 0, !isLaid[set] {
        isLaid[set] = true
        order.append(joinOfSet[set])
      }
      order.append(Int32(task))
    }
    return order
  }

  /// Each task's position in an order with upstream tasks first; nil if the tasks are already in such an order.
  public var positions: [Int32]? {
    let tasks = order.lazy.filter { !isJoin($0) }
    if zip(tasks, tasks.dropFirst()).allSatisfy({ $0 < $1 }) { return nil }
    var positions = [Int32](repeating: 0, count: nodeCount)
    for (index, node) in order.enumerated() { positions[Int(node)] = Int32(index) }
    return positions
  }

  /// The nodes (tasks and joins) directly downstream of a node.
  public func downstream(of node: Int32) -> ArraySlice<Int32> {
    targets[offsets[Int(node)]..<offsets[Int(node) + 1]]
  }

  /// Whether a node is a join, which represents an upstream set and does not run anything.
  public func isJoin(_ node: Int32) -> Bool { Int(node) >= taskCount }

  /// The length of the longest path from each task to the end of the graph, including the task's own weight. Joins have
  /// no weight.
  public func bottomLevels(weights: [Float]) -> [Float] {
    var levels = [Float](repeating: 0, count: nodeCount)
    for node in order.reversed() {
      var longest: Float = 0
      for target in downstream(of: node) { longest = max(longest, levels[Int(target)]) }
      levels[Int(node)] = longest + (isJoin(node) ? 0 : weights[Int(node)])
    }
    levels.removeLast(nodeCount - taskCount)
    return levels
  }

  /// Finds a cycle: walks from a task that never became ready to an upstream task that did not either, until a task is
  /// visited twice.
  private static func cycle(among waiting: [Int32], upstreams: [UpstreamSets.ID], sets: UpstreamSets)
    -> [TaskIndex]
  {
    var visited: [TaskIndex: Int] = [:]
    var path: [TaskIndex] = []
    var task = TaskIndex(upstreams.indices.first { waiting[$0] > 0 }!)
    while visited[task] == nil {
      visited[task] = path.count
      path.append(task)
      task = sets[upstreams[Int(task)]].first { waiting[Int($0)] > 0 }!
    }
    return path[visited[task]!...].reversed()
  }
}
