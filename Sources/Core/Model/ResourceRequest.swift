/// A task's request to the cluster, resolved from all levels. It is recorded with each attempt.
public struct ResourceRequest: Hashable, Codable, Sendable {
  /// Processor cores; 1 by default.
  public var cores: Int
  /// Bytes; nil is unlimited: not considered for admission, never scaled.
  public var memory: Int64?
  /// Seconds; nil is unlimited.
  public var runtime: Int64?
  /// The cluster's queue; nil: the cluster's default.
  public var queue: String?
  /// The account to charge; nil: the cluster's default.
  public var project: String?
  /// The features that a node must have, in the syntax of the cluster; nil: none.
  public var constraints: String?
  /// The folder of the standard output file; nil: the run's log folder. Relative paths start at the workflow's working
  /// directory.
  public var stdout: String?
  /// The folder of the standard error file; nil: the run's log folder.
  public var stderr: String?
  /// All other keys, as text: those that the cluster's plugin defines in addition to the standard ones.
  public var other: [String: String]

  /// Creates a request from resolved resources. Defaults: 1 core, no limit of memory or run time.
  /// ``ComputeResources/callback`` is left out.
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

  /// This request with the values that `answer` sets.
  package func changed(by answer: ComputeResources) -> ResourceRequest {
    let own = ComputeResources(
      cores: cores, memory: memory, runtime: runtime, queue: queue, project: project,
      constraints: constraints,
      stdout: stdout, stderr: stderr, other: other)
    return ResourceRequest(answer.over(own))
  }

  /// Creates a request of the most common resources. `memory` is in bytes, `runtime` in seconds; nil is unlimited.
  public init(cores: Int = 1, memory: Int64? = nil, runtime: Int64? = nil, queue: String? = nil) {
    self.init(ComputeResources(cores: cores, memory: memory, runtime: runtime, queue: queue))
  }
}
