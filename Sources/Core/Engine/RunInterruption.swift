/// The effect of an interrupt on unfinished tasks.
public struct RunInterruption: Hashable, Sendable {
  /// Tasks of one cluster.
  public struct Share: Hashable, Sendable {
    /// The cluster's name.
    public var cluster: String
    /// Whether the cluster is this machine.
    public var isThisMachine: Bool
    /// The number of tasks.
    public var tasks: Int

    /// Creates a share.
    public init(cluster: String, isThisMachine: Bool, tasks: Int) {
      self.cluster = cluster
      self.isThisMachine = isThisMachine
      self.tasks = tasks
    }
  }

  /// The tasks that are cancelled, by cluster, without empty entries.
  public var cancelled: [Share]
  /// The tasks that continue without this run, by cluster, without empty entries.
  public var left: [Share]
  /// The names of all of them.
  public var running: [String]
  /// Whether this is a further interrupt: the run quits at once.
  public var again: Bool

  /// Creates the description of an interrupt for observers.
  public init(cancelled: [Share], left: [Share], running: [String], again: Bool) {
    self.cancelled = cancelled
    self.left = left
    self.running = running
    self.again = again
  }
}

extension Engine {
  /// What a stop of this kind does to unfinished tasks, by the index of their cluster, in order.
  func fates(by running: StopOrder.Running) -> [(cluster: Int, tasks: Int, isCancelled: Bool)] {
    var counts: [Int: Int] = [:]
    for attempt in tasks.openAttempts { counts[placer.cluster(of: attempt.group), default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { cluster, count in
      // Tasks that cannot outlive the driver end with it.
      let isCancelled = running == .cancelAll || !placer.clusters[cluster].outlivesDriver
      return (cluster, count, isCancelled)
    }
  }
}
