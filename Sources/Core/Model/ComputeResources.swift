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
