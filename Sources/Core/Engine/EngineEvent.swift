import JobmonExecution
import JobmonModel
import JobmonStore

/// Everything the engine can be told.
public enum EngineEvent: Codable, Sendable {
  /// Always the first.
  case begin
  /// What the executor of a cluster says; the cluster by its index in the plan.
  case executor(Int, ExecutorEvent)
  /// Task instance ids for attempts to come.
  case instanceIDs(Range<TaskInstanceID>)
  /// The limits that hold from now on: nil, or a template that is not listed, has none.
  case limits(workflow: Int?, templates: [Limit])
  /// What the run may take of the machine that a cluster of one node stands for.
  case share(cluster: Int, HostAmount)
  /// Whether the disk of the log files is full: then nothing starts.
  case logDisk(isFull: Bool)
  /// The run is to end before its work does. A later order is ignored unless it is more urgent.
  case stop(StopOrder)
  /// Tasks are to run again.
  case rerun(RerunWish)
  /// The answer to ``EngineAction/resolve(_:)``.
  case resolved(TaskIndex, ResolvedResources)
  /// A time that the engine asked to be woken at may have come.
  case tick

  /// The most tasks of one template that may be submitted or running at a time.
  public struct Limit: Hashable, Codable, Sendable {
    /// The template, by its index in ``EnginePlan/templates``.
    public var template: Int
    /// Tasks; 0 is a pause.
    public var limit: Int

    /// Makes a template's limit; 0 is a pause.
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
  /// There is no answer; why. The task becomes FATAL.
  case failed(String)
}

/// Why, and how, a run is to come to its end before its work does.
public struct StopOrder: Hashable, Codable, Sendable {
  /// What becomes of tasks that have been submitted and have not ended.
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

  /// What becomes of tasks that have been submitted and have not ended.
  public var running: Running
  /// What is recorded as the end of the run.
  public var ending: RunEnding

  /// Makes an order; of several the first decides the ending.
  public init(running: Running, ending: RunEnding) {
    self.running = running
    self.ending = ending
  }
}
