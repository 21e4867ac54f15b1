/// The settings that every level of a definition may give (task, entry, template, workflow, tool). The most
/// specific level that sets a key wins.
///
/// Maps are keyed by cluster name, plugin name, or `any`; a flat map in a file is stored under `any`.
public struct TaskSettings: Hashable, Codable, Sendable {
  /// The key of a map that applies to every cluster.
  public static let anyCluster = "any"

  /// The cluster that runs the task; nil is left to the next level.
  public var clusterName: String?
  /// What the task asks for, by cluster, plugin or `any`.
  public var computeResources: [String: ComputeResources]
  /// How a request grows after a failure for want of the resource, by cluster, plugin or `any`.
  public var resourceScales: [String: [ScalableResource: ResourceScale]]
  /// Queues tried in order when a request is beyond its own queue's limits.
  public var fallbackQueues: [String: [String]]
  /// The most attempts for application and resource failures, the first one included: 1 or more; nil is left to the
  /// next level.
  public var maxAttempts: Int?
  /// Of the ready tasks those with the highest go first, whatever waits for them; 0 where no level says.
  public var priority: Int?

  /// One level's settings; what is not given is left to the next level.
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

  /// Whether this level says nothing.
  public var isEmpty: Bool { self == TaskSettings() }
}
