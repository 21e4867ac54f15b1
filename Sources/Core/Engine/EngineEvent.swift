import JobmonExecution
import JobmonModel

/// Everything the engine can be told.
public enum EngineEvent: Codable, Sendable {
  /// Always the first.
  case begin
  /// What the executor of a cluster says; the cluster by its place in the plan.
  case executor(Int, ExecutorEvent)
  /// Task instance ids for attempts to come.
  case instanceIDs(Range<TaskInstanceID>)
  case limits(workflow: Int?, templates: [Limit])
  /// What the run may take of the machine that a cluster of one node stands for.
  case share(cluster: Int, HostAmount)
  /// Whether the disk of the log files is full: then nothing starts.
  case logDisk(isFull: Bool)
  case stop(StopOrder)
  /// The answer to ``EngineAction/resolve(_:)``.
  case resolved(TaskIndex, ResolvedResources)
  /// A time that the engine asked to be woken at may have come.
  case tick

  public struct Limit: Hashable, Codable, Sendable {
    public var template: Int
    public var limit: Int

    public init(template: Int, limit: Int) {
      self.template = template
      self.limit = limit
    }
  }
}

/// What a callback answered.
public enum ResolvedResources: Hashable, Codable, Sendable {
  /// What these set goes over the request that the question named.
  case resources(ComputeResources)
  case failed(String)
}

/// Why, and how, a run is to come to its end before its work does.
public struct StopOrder: Hashable, Codable, Sendable {
  public enum Running: String, Codable, Sendable {
    /// Wait for tasks on clusters that end with the driver, leave the others.
    case finish
    /// End tasks on clusters that end with the driver, leave the others.
    case cancelLocal
    /// Leave what can be left; what cannot ends with the driver.
    case leave
    /// End them all.
    case cancelAll
  }

  public var running: Running
  public var ending: RunEnding

  public init(running: Running, ending: RunEnding) {
    self.running = running
    self.ending = ending
  }
}
