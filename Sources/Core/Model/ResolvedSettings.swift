/// One task's settings for one cluster, after precedence.
public struct ResolvedSettings: Hashable, Codable, Sendable {
  /// Attempts for application and resource failures, where no level says.
  public static let standardMaxAttempts = 3
  /// What a priority may be.
  public static let priorities = -1_000_000...1_000_000

  /// What the first attempt asks for, before a callback has been asked.
  public var request: ResourceRequest
  /// How each resource grows after a failure for want of it; every ``ScalableResource`` has an entry where levels
  /// were resolved.
  public var scales: [ScalableResource: ResourceScale]
  /// Queues tried in order when a request is beyond its own queue's limits; empty: none.
  public var fallbackQueues: [String]
  /// The most attempts in one run for application and resource failures, the first one included.
  public var maxAttempts: Int
  /// Of the ready tasks those with the highest go first; one of ``priorities``.
  public var priority: Int
  /// The callback that computes the request when the task becomes ready.
  public var callback: String?

  /// Settings that are resolved already.
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

  /// The callbacks that these settings name.
  public var callbacks: [String] {
    let scales = ScalableResource.allCases.compactMap { resource -> String? in
      if case .callback(let name) = self.scales[resource] { name } else { nil }
    }
    return (callback.map { [$0] } ?? []) + scales
  }

  /// Settles what the levels say for a cluster.
  ///
  /// - Parameters:
  ///   - levels: most specific first: task or entry, template, workflow, tool.
  ///   - cluster: the cluster's name; its map is read first.
  ///   - plugin: the name of the cluster's plugin; its map is read next, then `any`.
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
