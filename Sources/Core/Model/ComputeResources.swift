/// What one level of a definition (task, entry, template, workflow, tool) says a task needs; unset keys are left
/// to the next level.
public struct ComputeResources: Hashable, Codable, Sendable {
  /// Processor cores.
  public var cores: Int?
  /// Bytes.
  public var memory: Int64?
  /// Seconds.
  public var runtime: Int64?
  /// The cluster's queue (Slurm: the partition); the cluster says which there are.
  public var queue: String?
  /// The account that the use is charged to (Slurm: `--account`).
  public var project: String?
  /// The features that a node must have, in the cluster's own syntax (Slurm: `--constraint`).
  public var constraints: String?
  /// The folder that the standard output file goes to, instead of the run's log folder.
  public var stdout: String?
  /// The folder that the standard error file goes to, instead of the run's log folder.
  public var stderr: String?
  /// Any other key, as text: what a plugin declares beyond the standard ones.
  public var other: [String: String]
  /// The name of the callback that says the rest when the task becomes ready (``ResourceResolver``).
  public var callback: String?

  /// More cores than any task can ask for: sums of them are numbers all the same.
  public static let mostCores = 1_000_000_000

  /// The keys that every cluster knows.
  public static let standardKeys = [
    "cores", "memory", "runtime", "queue", "project", "constraints", "stdout", "stderr",
  ]

  /// One level's resources; what is not given is left to the next level.
  public init(
    cores: Int? = nil, memory: Int64? = nil, runtime: Int64? = nil, queue: String? = nil,
    project: String? = nil,
    constraints: String? = nil, stdout: String? = nil, stderr: String? = nil, other: [String: String] = [:],
    callback: String? = nil
  ) {
    self.cores = cores
    self.memory = memory
    self.runtime = runtime
    self.queue = queue
    self.project = project
    self.constraints = constraints
    self.stdout = stdout
    self.stderr = stderr
    self.other = other
    self.callback = callback
  }

  /// These resources where they are set, `base` where they are not.
  public func over(_ base: ComputeResources) -> ComputeResources {
    ComputeResources(
      cores: cores ?? base.cores, memory: memory ?? base.memory, runtime: runtime ?? base.runtime,
      queue: queue ?? base.queue, project: project ?? base.project,
      constraints: constraints ?? base.constraints,
      stdout: stdout ?? base.stdout, stderr: stderr ?? base.stderr,
      other: base.other.merging(other) { _, mine in mine }, callback: callback ?? base.callback)
  }
}

/// A resource that can run out and be scaled for the next attempt.
public enum ScalableResource: String, CaseIterable, Codable, CodingKeyRepresentable, Sendable {
  /// Memory in bytes, and run time in seconds.
  case memory, runtime
}

/// How a resource grows after a failure for want of it.
public enum ResourceScale: Hashable, Codable, Sendable {
  /// Times (1 + factor) per failure, cumulative, rounded up.
  case factor(Double)
  /// Entry k is the absolute request after the k-th failure (bytes or seconds); the last one repeats.
  case list([Int64])
  /// The callback of this name says what to ask for (``ResourceResolver``).
  case callback(String)

  /// The scale where nothing says otherwise: half as much again.
  public static let standard = ResourceScale.factor(0.5)
}

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
