/// What an interrupt does to the tasks that have been submitted and have not ended.
public struct RunInterruption: Hashable, Sendable {
  /// Tasks of one cluster.
  public struct Share: Hashable, Sendable {
    /// The cluster's name.
    public var cluster: String
    /// Whether the cluster is this machine.
    public var isThisMachine: Bool
    /// How many tasks.
    public var tasks: Int

    /// Makes a share.
    public init(cluster: String, isThisMachine: Bool, tasks: Int) {
      self.cluster = cluster
      self.isThisMachine = isThisMachine
      self.tasks = tasks
    }
  }

  /// The tasks that are ended, by cluster; none of 0.
  public var cancelled: [Share]
  /// The tasks that go on without this run, by cluster; none of 0.
  public var left: [Share]
  /// The names of all of them.
  public var running: [String]
  /// Whether it is not the first: the run leaves at once.
  public var again: Bool

  /// Makes what observers are told of an interrupt.
  public init(cancelled: [Share], left: [Share], running: [String], again: Bool) {
    self.cancelled = cancelled
    self.left = left
    self.running = running
    self.again = again
  }
}

extension Engine {
  /// What becomes of the tasks that have not ended, when a stop of this kind begins; by the index of their cluster, in order.
  func fates(by running: StopOrder.Running) -> [(cluster: Int, tasks: Int, isCancelled: Bool)] {
    var counts: [Int: Int] = [:]
    for attempt in tasks.openAttempts { counts[placer.cluster(of: attempt.group), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { cluster, count in
      // What cannot outlive the driver ends with it.
      let isCancelled = running == .cancelAll || !placer.clusters[cluster].outlivesDriver
      return (cluster, count, isCancelled)
    }
  }
}
