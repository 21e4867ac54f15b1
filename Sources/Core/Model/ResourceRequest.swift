/// What a task asks of the cluster it runs on, after precedence: settled, and recorded with each attempt.
public struct ResourceRequest: Hashable, Codable, Sendable {
  /// Processor cores; 1 where nothing says otherwise.
  public var cores: Int
  /// Bytes; nil is unlimited: not admitted by, never scaled.
  public var memory: Int64?
  /// Seconds; nil is unlimited.
  public var runtime: Int64?
  /// The cluster's queue; nil leaves the choice to the cluster's default.
  public var queue: String?
  /// The account that the use is charged to; nil is the cluster's default.
  public var project: String?
  /// The features that a node must have, in the cluster's own syntax; nil is none.
  public var constraints: String?
  /// The folder of the standard output file; nil is the run's log folder. A relative path counts from the workflow's
  /// working directory.
  public var stdout: String?
  /// The folder of the standard error file; nil is the run's log folder.
  public var stderr: String?
  /// Any other key, as text: what the cluster's plugin declares beyond the standard ones.
  public var other: [String: String]

  /// The request for what the levels have said together: 1 core where none is given, no limit of memory or run time
  /// where none is. ``ComputeResources/callback`` is left out.
  public init(_ resources: ComputeResources) {
    cores = resources.cores ?? 1
    memory = resources.memory
    runtime = resources.runtime
    queue = resources.queue
    project = resources.project
    constraints = resources.constraints
    stdout = resources.stdout
    stderr = resources.stderr
    other = resources.other
  }

  /// This request with what `answer` sets instead.
  package func changed(by answer: ComputeResources) -> ResourceRequest {
    let own = ComputeResources(
      cores: cores, memory: memory, runtime: runtime, queue: queue, project: project,
      constraints: constraints,
      stdout: stdout, stderr: stderr, other: other)
    return ResourceRequest(answer.over(own))
  }

  /// A request of the most common resources. `memory` in bytes, `runtime` in seconds; nil is unlimited.
  public init(cores: Int = 1, memory: Int64? = nil, runtime: Int64? = nil, queue: String? = nil) {
    self.init(ComputeResources(cores: cores, memory: memory, runtime: runtime, queue: queue))
  }
}
