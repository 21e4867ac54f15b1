/// The settings of one task for one cluster, resolved from all levels.
public struct ResolvedSettings: Hashable, Codable, Sendable {
  /// Maximum number of attempts if no level sets it.
  public static let standardMaxAttempts = 3
  /// The valid priorities.
  public static let priorities = -1_000_000...1_000_000

  /// The request of the first attempt, before any callback.
  public var request: ResourceRequest
  /// How each resource grows after a failure for lack of it. If levels were resolved, every ``ScalableResource`` has an
  /// entry.
  public var scales: [ScalableResource: ResourceScale]
  /// Queues tried in order if a request exceeds the limits of its own queue.
  public var fallbackQueues: [String]
  /// Maximum number of attempts in one run for application and resource failures, including the first.
  public var maxAttempts: Int
  /// Ready tasks with the highest priority start first; in the range ``priorities``.
  public var priority: Int
  /// The callback that computes the request when the task becomes ready.
  public var callback: String?

  /// Creates settings that are already resolved.
  public init(
    request: ResourceRequest, scales: [ScalableResource: ResourceScale], fallbackQueues: [String],
    maxAttempts: Int, priority: Int = 0, callback: String? = nil
  ) {
    self.request = request
    self.scales = scales
    self.fallbackQueues = fallbackQueues
    self.maxAttempts = maxAttempts
    self.priority = priority
    self.callback = callback
  }

  /// The callbacks named in these settings.
  public var callbacks: [String] {
    let scales = ScalableResource.allCases.compactMap { resource -> String? in
      if case .callback(let name) = self.scales[resource] { name } else { nil }
    }
    return (callback.map { [$0] } ?? []) + scales
  }

  /// Resolves the levels for a cluster.
  ///
  /// - Parameters:
  ///   - levels: most specific first: task or entry, template, workflow, tool.
  ///   - cluster: the cluster's name. Its map is read first.
  ///   - plugin: the name of the cluster's plugin. Its map is read next, then `any`.
  public init(levels: [TaskSettings], cluster: String, plugin: String) {
    let keys = cluster == plugin ? [cluster] : [cluster, plugin]
    let lookUp = keys + [TaskSettings.anyCluster]
    var resources = ComputeResources()
    var scales: [ScalableResource: ResourceScale] = [:]
    var queues: [String]?
    var attempts: Int?
    var priority: Int?
    for level in levels {
      for key in lookUp {
        if let map = level.computeResources[key] { resources = resources.over(map) }
        if let map = level.resourceScales[key] { scales.merge(map) { mine, _ in mine } }
        if queues == nil { queues = level.fallbackQueues[key] }
      }
      attempts = attempts ?? level.maxAttempts
      priority = priority ?? level.priority
    }
    for resource in ScalableResource.allCases where scales[resource] == nil { scales[resource] = .standard }
    self.init(
      request: ResourceRequest(resources), scales: scales, fallbackQueues: queues ?? [],
      maxAttempts: attempts ?? Self.standardMaxAttempts, priority: priority ?? 0, callback: resources.callback
    )
  }
}
