import JobmonModel

/// Cores and memory: what decides whether a task can take the place of another.
struct TaskSize: Hashable, Sendable {
  var cores: Int
  var memory: Int64?

  init(_ request: ResourceRequest) {
    cores = request.cores
    memory = request.memory
  }
}

/// Very short tasks are handed over a few ahead: they wait at their node and take the place of the next task of their
/// size that ends there, without waiting for us to hear of it.
///
/// They count as submitted, so no limit is passed; they are withdrawn when a limit is lowered below what is out or
/// the run is to end. For longer tasks the few hundred microseconds do not matter, and priorities and limits do.
extension Engine {
  /// How much work, in seconds, may wait for each place: what a task of higher priority has to wait longer at most.
  private static var prefetchedWork: Float { 0.05 }
  /// How many tasks may wait for each place.
  private static var mostPrefetched: Int { 60 }

  /// Learns how long tasks of a template take.
  mutating func noteRuntime(_ outcome: Outcome, template: Int) {
    guard let wall = outcome.usage?.wall else { return }
    guard let known = typicalRuntime[template] else {
      typicalRuntime[template] = Float(wall)
      return
    }
    typicalRuntime[template] = known + (Float(wall) - known) / 8
  }

  /// Whether a task of a group may be submitted to wait for a place.
  func mayPrefetch(_ group: Int, on cluster: Int) -> Bool {
    guard !plan.policy.failFast, let runtime = typicalRuntime[groups[group].key.template],
      runtime <= Self.prefetchedWork, let places = clusters[cluster].places?[groups[group].size]
    else { return false }
    // Beyond its share the run gives places back as they get free.
    if let node = clusters[cluster].nodes?.first, node.openCores < 0 { return false }
    let most = min(Self.mostPrefetched, Int(Self.prefetchedWork / max(runtime, 1e-4)))
    return places.waiting.count < places.taken * most
  }

  /// Whether anything waits at a node of this cluster.
  func isPrefetching(on cluster: Int) -> Bool {
    clusters[cluster].places?.values.contains { $0.waiting.count > 0 } ?? false
  }

  /// Gives a place that got free to the first task of its size that waits for one.
  mutating func handOver(_ size: TaskSize, on cluster: Int) {
    guard clusters[cluster].places != nil else { return }
    clusters[cluster].places![size]?.taken -= 1
    while let next = clusters[cluster].places![size]?.waiting.popFirst() {
      guard let place = open.place(of: next) else { continue }  // withdrawn
      open.values[place].waits = false
      takePlace(on: cluster, open.values[place].node!, size)
      return
    }
  }

  mutating func takePlace(on cluster: Int, _ node: Int, _ size: TaskSize) {
    clusters[cluster].nodes![node].take(size)
    clusters[cluster].places?[size, default: ClusterState.Places()].taken += 1
  }

  /// Takes back what waits for a place: more is out than may be, or nothing new may start.
  mutating func withdrawWaiting() {
    for cluster in clusters.indices { withdrawWaiting(on: cluster) }
  }

  mutating func withdrawWaiting(on cluster: Int) {
    guard clusters[cluster].places != nil else { return }
    let waiting = open.filter { $0.waits && self.cluster(of: $0) == cluster }.sorted()
    if !waiting.isEmpty { actions.append(.withdraw(cluster: cluster, waiting)) }
  }

  /// Whether more is submitted than the limits allow now.
  var isOverLimit: Bool {
    if let workflowLimit, active > workflowLimit { return true }
    return zip(templateLimits, activeOfTemplate).contains { limit, active in
      limit.map { active > $0 } ?? false
    }
  }
}
