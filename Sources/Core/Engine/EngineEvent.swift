import JobmonExecution
import JobmonModel
import JobmonStore

/// All inputs of the engine.
public enum EngineEvent: Codable, Sendable {
  /// Always the first event.
  case begin
  /// An event from the executor of a cluster; the cluster by its index in the plan.
  case executor(Int, ExecutorEvent)
  /// Reserved task instance ids for future attempts.
  case instanceIDs(Range<TaskInstanceID>)
  /// The limits from now on; nil means no limit, as for templates that are not listed.
  case limits(workflow: Int?, templates: [Limit])
  /// The run's share of the machine that a single-node cluster represents.
  case share(cluster: Int, HostAmount)
  /// Whether the disk of the log files is full. If so, nothing starts.
  case logDisk(isFull: Bool)
  /// Stop the run early. A later order is ignored unless it is more urgent.
  case stop(StopOrder)
  /// Rerun tasks.
  case rerun(RerunRequest)
  /// The answer to ``EngineAction/resolve(_:)``.
  case resolved(TaskIndex, ResolvedResources)
  /// A time requested by the engine may have been reached.
  case tick

  /// The maximum number of submitted or running tasks of one template.
  public struct Limit: Hashable, Codable, Sendable {
    /// The template, by its index in ``EnginePlan/templates``.
    public var template: Int
    /// Number of tasks; 0 pauses the template.
    public var limit: Int

    /// Creates a template's limit; 0 pauses the template.
    public init(template: Int, limit: Int) {
      self.template = template
      self.limit = limit
    }
  }
}

/// A callback's answer.
public enum ResolvedResources: Hashable, Codable, Sendable {
  /// These resources override the request that the question contained.
  case resources(ComputeResources)
  /// There is no answer, for this reason. The task becomes FATAL.
  case failed(String)
}

/// Why and how to stop a run early.
public struct StopOrder: Hashable, Codable, Sendable {
  /// What happens to unfinished attempts.
  public enum Running: String, Codable, Sendable {
    /// Wait for tasks on clusters that end with the driver; leave the others.
    case finish
    /// Cancel tasks on clusters that end with the driver; leave the others.
    case cancelLocal
    /// Leave tasks on clusters that outlive the driver; the others end with the driver.
    case leave
    /// Cancel all tasks.
    case cancelAll
  }

  /// What happens to unfinished attempts.
  public var running: Running
  /// The recorded ending of the run.
  public var ending: RunEnding

  /// Creates an order. If there are several orders, the first one decides the ending.
  public init(running: Running, ending: RunEnding) {
    self.running = running
    self.ending = ending
  }
}
