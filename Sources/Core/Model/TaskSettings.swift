/// The settings of one level of a definition (task, entry, template, workflow, tool). The most specific level that sets
/// a key overrides the others.
///
/// The keys of maps are cluster names, plugin names, or `any`. A flat map in a file is stored under `any`.
public struct TaskSettings: Hashable, Codable, Sendable {
  /// The key of a map that applies to every cluster.
  public static let anyCluster = "any"

  /// The cluster that runs the task; nil: taken from the next level.
  public var clusterName: String?
  /// The requested resources, by cluster, plugin or `any`.
  public var computeResources: [String: ComputeResources]
  /// How a request grows after a failure for lack of the resource, by cluster, plugin or `any`.
  public var resourceScales: [String: [ScalableResource: ResourceScale]]
  /// Queues tried in order if a request exceeds the limits of its own queue.
  public var fallbackQueues: [String: [String]]
  /// Maximum number of attempts for application and resource failures, including the first; at least 1. nil: taken from
  /// the next level.
  public var maxAttempts: Int?
  /// Ready tasks with the highest priority start first, regardless of the tasks downstream of them; 0 if no level sets
  /// it.
  public var priority: Int?

  /// One level's settings. Values that are not given are taken from the next level.
  public init(
    clusterName: String? = nil, computeResources: [String: ComputeResources] = [:],
    resourceScales: [String: [ScalableResource: ResourceScale]] = [:],
    fallbackQueues: [String: [String]] = [:],
    maxAttempts: Int? = nil, priority: Int? = nil
  ) {
    self.clusterName = clusterName
    self.computeResources = computeResources
    self.resourceScales = resourceScales
    self.fallbackQueues = fallbackQueues
    self.maxAttempts = maxAttempts
    self.priority = priority
  }

  /// Whether this level sets nothing.
  public var isEmpty: Bool { self == TaskSettings() }
}
