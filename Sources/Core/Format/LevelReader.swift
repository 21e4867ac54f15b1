import JobmonModel

/// Reads the settings that every level of a file may contain: cluster, resources, scales, queues, attempts, priority.
package enum LevelReader {
  /// Reads the settings of one level.
  ///
  /// - Parameter prefix: `default_`, or empty for an entry of `tasks`.
  static func settings(_ fields: [String: FileNode], prefix: String) throws -> TaskSettings {
    var settings = TaskSettings()
    // The keys of an entry have no prefix: `cluster_name`, `compute_resources`, `resource_scales`, ...
    settings.clusterName = try fields[prefix + "cluster_name"]?.string()
    settings.maxAttempts = try fields[prefix + "max_attempts"]?.integer(atLeast: 1)
    settings.priority = try fields[prefix + "priority"]?.integer(in: ResolvedSettings.priorities)
    if let node = fields[prefix + "compute_resources"] { settings.computeResources = try resourceMaps(node) }
    if let node = fields[prefix + "resource_scales"] { settings.resourceScales = try scaleMaps(node) }
    if let node = fields[prefix + "fallback_queues"] {
      settings.fallbackQueues =
        node.isSequence
        ? [TaskSettings.anyCluster: try node.strings()]
        : Dictionary(
          uniqueKeysWithValues: try node.members("a list of queues, or one per cluster").map {
            ($0.key, try $0.value.strings())
          })
    }
    return settings
  }

  static func resourceMaps(_ node: FileNode) throws -> [String: ComputeResources] {
    try perCluster(node, { try resources($0) })
  }

  static func scaleMaps(_ node: FileNode) throws -> [String: [ScalableResource: ResourceScale]] {
    // A scale may be a mapping itself, so the type of the value does not show whether the map is flat.
    try perCluster(node, scales) { key, _ in ScalableResource(rawValue: key) != nil }
  }

  /// Reads one map per cluster, or one flat map for every cluster.
  private static func perCluster<Value>(
    _ node: FileNode, _ read: (FileNode) throws -> Value,
    isFlat: (String, FileNode) -> Bool = { !$1.isMapping }
  ) throws -> [String: Value] {
    let members = try node.members("a mapping")
    if let first = members.first, isFlat(first.key, first.value) {
      return [TaskSettings.anyCluster: try read(node)]
    }
    return Dictionary(uniqueKeysWithValues: try members.map { ($0.key, try read($0.value)) })
  }

  /// Reads a mapping of resources.
  ///
  /// - Parameter isStrict: whether a key similar to a standard one is an error. In a workflow file it may be a key of
  ///   the cluster, and is checked when the clusters are known (``DefinitionLint``).
  package static func resources(_ node: FileNode, isStrict: Bool = false) throws -> ComputeResources {
    var resources = ComputeResources()
    for (key, value) in try node.members("a mapping of resources") {
      if value.isNull { continue }
      switch key {
      case "cores": resources.cores = try value.integer(in: 1...ComputeResources.mostCores)
      case "memory": resources.memory = try memory(value)
      case "runtime": resources.runtime = try runtime(value)
      case "queue": resources.queue = try value.string()
      case "project": resources.project = try value.string()
      case "constraints": resources.constraints = try value.string()
      case "stdout": resources.stdout = try value.string()
      case "stderr": resources.stderr = try value.string()
      case "callback": resources.callback = try value.string()
      default:
        if value.isMapping {
          throw value.member(ValueFault.resourceMapping)
        }
        if isStrict, let nearest = ResourceKey.nearest(to: key, among: ComputeResources.standardKeys) {
          throw value.member(ValueFault.unknownResource(key, nearest: nearest))
        }
        resources.other[key] = try value.argumentText()
      }
    }
    return resources
  }

  private static func scales(_ node: FileNode) throws -> [ScalableResource: ResourceScale] {
    var scales: [ScalableResource: ResourceScale] = [:]
    for (key, value) in try node.members("a mapping of resources to scales") {
      guard let resource = ScalableResource(rawValue: key) else {
        throw value.member(ValueFault.notScalable)
      }
      if value.isMapping {
        let fields = try value.fields(["callback"], of: "a resource scale")
        guard let name = fields["callback"] else {
          throw value.member(ValueFault.expected("{callback: NAME}"))
        }
        scales[resource] = .callback(try name.string())
      } else if value.isSequence {
        let list = try value.items("a list of requests").map {
          resource == .memory ? try memory($0) : try runtime($0)
        }
        guard !list.isEmpty else { throw value.member(ValueFault.noRequests) }
        scales[resource] = .list(list)
      } else {
        let text = try value.string()
        guard let factor = Double(text), factor >= 0, factor.isFinite else {
          throw value.member(
            ValueFault.expected("a number such as 0.5 (0 or more), or a list of requests,", found: text))
        }
        scales[resource] = .factor(factor)
      }
    }
    return scales
  }

  private static func memory(_ node: FileNode) throws -> Int64 {
    let text = try node.string()
    guard let bytes = MemorySize.bytes(text) else {
      throw node.member(ValueFault.memory(reason: MemorySize.fault(text)))
    }
    return bytes
  }

  private static func runtime(_ node: FileNode) throws -> Int64 {
    let text = try node.string()
    guard let seconds = RuntimeSpan.seconds(text) else {
      throw node.member(ValueFault.runtime(text))
    }
    return seconds
  }
}
