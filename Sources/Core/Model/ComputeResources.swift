/// The resources that one level of a definition (task, entry, template, workflow, tool) sets for a task. A key that is
/// not set is taken from the next level.
public struct ComputeResources: Hashable, Codable, Sendable {
  /// Processor cores.
  public var cores: Int?
  /// Bytes.
  public var memory: Int64?
  /// Seconds.
  public var runtime: Int64?
  /// The cluster's queue (Slurm: the partition). The cluster defines which queues exist.
  public var queue: String?
  /// The account to charge (Slurm: `--account`).
  public var project: String?
  /// The features that a node must have, in the syntax of the cluster (Slurm: `--constraint`).
  public var constraints: String?
  /// The folder of the standard output file, instead of the run's log folder.
  public var stdout: String?
  /// The folder of the standard error file, instead of the run's log folder.
  public var stderr: String?
  /// All other keys, as text: those that a plugin defines in addition to the standard ones.
  public var other: [String: String]
  /// The name of the callback that sets the other resources when the task becomes ready (``ResourceResolver``).
  public var callback: String?

  /// Maximum number of cores of a task. It is low enough that sums do not overflow.
  public static let mostCores = 1_000_000_000

  /// The keys that every cluster knows.
  public static let standardKeys = [
    "cores", "memory", "runtime", "queue", "project", "constraints", "stdout", "stderr",
  ]

  /// One level's resources. Values that are not given are taken from the next level.
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

  /// These resources, with unset values taken from `base`.
  public func over(_ base: ComputeResources) -> ComputeResources {
    ComputeResources(
      cores: cores ?? base.cores, memory: memory ?? base.memory, runtime: runtime ?? base.runtime,
      queue: queue ?? base.queue, project: project ?? base.project,
      constraints: constraints ?? base.constraints,
      stdout: stdout ?? base.stdout, stderr: stderr ?? base.stderr,
      other: base.other.merging(other) { _, mine in mine }, callback: callback ?? base.callback)
  }
}
