import JobmonAdmission
import JobmonExecution
import JobmonModel

/// A cluster that is this machine is shared with the other runs on it: the engine fills no more than its share, and
/// tells what it would take.
extension Engine {
  mutating func take(share: HostAmount, of cluster: Int) {
    guard clusters[cluster].nodes?.isEmpty == false else { return }
    clusters[cluster].nodes![0].share = share
    // What waits at the machine for a place would take those that are to be given back.
    if clusters[cluster].nodes![0].openCores < 0 { withdrawWaiting(on: cluster) }
  }

  /// The first ready task of a cluster, where nothing but room keeps it from starting.
  private func next(on cluster: Int) -> ResourceRequest? {
    guard !isStopping, !isFinished, !isLogDiskFull, clusters[cluster].isUsable,
      clusters[cluster].recovering == 0,
      active < workflowLimit ?? .max, let entry = clusters[cluster].ready.first
    else { return nil }
    let group = groups[Int(entry.group)]
    return group.isParked || group.tasks.first != entry.head ? nil : group.request
  }

  /// Whether a ready task waits for more than the run's share of the machine, and for nothing else.
  func waitsForShare(on cluster: Int) -> Bool {
    guard let node = clusters[cluster].nodes?.first, let request = next(on: cluster) else { return false }
    return node.isUp && node.hasRoom(for: HostAmount(request)) && !node.fits(HostAmount(request))
  }

  /// What the run takes of a cluster of one node, and what it would take.
  func hostDemand(on cluster: Int) -> HostDemand {
    let node = clusters[cluster].nodes![0]
    var demand = HostDemand(uses: node.used, wants: node.used, next: nil, starts: startCount)
    guard let first = next(on: cluster) else { return demand }
    demand.next = HostAmount(first)
    var tasks = (workflowLimit ?? .max) - active
    for group in groups where group.key.cluster == cluster && group.verdict == .ok && !group.isParked {
      if demand.wants.cores >= node.node.cores || tasks <= 0 { break }
      let count = min(group.tasks.count, tasks, node.node.cores)
      tasks -= count
      let amount = HostAmount(group.request)
      demand.wants = demand.wants + count * amount
    }
    return demand
  }
}

extension HostAmount {
  init(_ request: ResourceRequest) { self.init(cores: request.cores, memory: request.memory ?? 0) }
}
