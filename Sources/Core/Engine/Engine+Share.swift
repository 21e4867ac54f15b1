import JobmonAdmission
import JobmonExecution
import JobmonModel

/// A cluster that is this machine is shared with the other runs on it: the engine fills no more than its share, and
/// tells what it would take.
extension Engine {
  mutating func take(share: HostAmount, of cluster: Int) {
    guard placer.clusters[cluster].nodes?.isEmpty == false else { return }
    placer.setShare(share, of: cluster)
    // What waits at the machine for a slot would take the cores that are to be given back.
    if placer.clusters[cluster].nodes![0].openCores < 0 { withdrawWaiting(on: cluster) }
  }

  /// Whether a ready task may start as far as the run itself is concerned.
  private var mayStart: Bool { !isStopping && !isFinished && !isLogDiskFull }

  /// Whether a ready task waits for more than the run's share of the machine, and for nothing else.
  func waitsForShare(on cluster: Int) -> Bool { mayStart && placer.waitsForShare(on: cluster) }

  /// What the run takes of a cluster of one node, and what it would take.
  func hostDemand(on cluster: Int) -> HostDemand { placer.hostDemand(on: cluster, isOpen: mayStart) }
}
