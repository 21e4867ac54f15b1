import JobmonAdmission
import JobmonExecution
import JobmonModel

/// A cluster that is this machine is shared with other runs. The engine uses no more than its share, and reports its
/// demand.
extension Engine {
  mutating func take(share: HostAmount, of cluster: Int) {
    guard placer.clusters[cluster].nodes?.isEmpty == false else { return }
    placer.setShare(share, of: cluster)
    // Attempts waiting at the node would take the cores that are to be released.
    if placer.clusters[cluster].nodes![0].openCores < 0 { withdrawWaiting(on: cluster) }
  }

  /// Whether the run itself allows a ready task to start.
  private var mayStart: Bool { !isStopping && !isFinished && !isLogDiskFull }

  /// Whether a ready task waits only for a larger share of the machine.
  func waitsForShare(on cluster: Int) -> Bool { mayStart && placer.waitsForShare(on: cluster) }

  /// What the run uses of a single-node cluster, and its demand.
  func hostDemand(on cluster: Int) -> HostDemand { placer.hostDemand(on: cluster, isOpen: mayStart) }
}
