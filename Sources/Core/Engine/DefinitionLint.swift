import JobmonExecution
import JobmonModel

/// Checks a definition's settings for names without meaning: unknown clusters, and unknown keys of compute resources.
/// Without this check they would be ignored silently.
public struct DefinitionLint {
  let registry: PluginRegistry

  /// Whether no cluster is started afterwards. If so, this also reports what a run would learn from its clusters.
  let isAlone: Bool

  /// Checks definitions against this registry, without starting a cluster.
  public init(_ registry: PluginRegistry, isAlone: Bool) {
    self.registry = registry
    self.isAlone = isAlone
  }

  /// Warnings for the user, one sentence for each name.
  ///
  /// - Throws: ``RunRefusal``: `unknown_cluster` if tasks name a cluster that is not in the registry, `invalid_file`
  ///   for a key that is given under a cluster's own name and that this cluster is known not to have.
  public func warnings(_ definition: WorkflowDefinition) throws -> [String] {
    var warnings: [String] = []
    var seen: Set<String> = []
    func warn(_ text: String) { if seen.insert(text).inserted { warnings.append(text) } }
    let plugins = Set(registry.names.compactMap { try? registry.cluster($0).plugin })
    for (owner, settings) in Self.levels(definition) {
      if isAlone, let name = settings.clusterName { _ = try registry.cluster(name) }
      let maps: [(what: String, clusters: [String])] = [
        ("compute resources", settings.computeResources.keys.sorted()),
        ("resource scales", settings.resourceScales.keys.sorted()),
        ("fallback queues", settings.fallbackQueues.keys.sorted()),
      ]
      for (what, clusters) in maps {
        for name in clusters
        where name != TaskSettings.anyCluster && !registry.names.contains(name) && !plugins.contains(name) {
          let nearest = Suggestion.nearest(to: name, among: registry.names + [TaskSettings.anyCluster])
          warn(
            "\(what) of \(owner) are for cluster '\(name)', which does not exist here: ignored"
              + (nearest.map { "; did you mean '\($0)'?" } ?? ""))
        }
      }
      for (name, resources) in settings.computeResources.sorted(by: { $0.key < $1.key }) {
        for key in resources.other.keys.sorted() {
          if let known = (try? registry.cluster(name))?.resourceKeys, !known.contains(key) {
            throw Self.unknownKey(key, of: owner, cluster: name, known: known)
          }
          guard let nearest = ResourceKey.nearest(to: key, among: ComputeResources.standardKeys) else {
            continue
          }
          if isAlone, name == TaskSettings.anyCluster {
            warn(
              "the compute resources of \(owner) have the unknown key '\(key)'; did you "
                + "mean '\(nearest)'?")
          }
        }
      }
    }
    return warnings
  }

  static func unknownKey(_ key: String, of owner: String, cluster: String, known: some Sequence<String>)
    -> RunRefusal
  {
    let all = ComputeResources.standardKeys + known.sorted()
    return RunRefusal(
      PreflightRefusal.unknownResource(
        key, owner: owner, cluster: cluster, nearest: ResourceKey.nearest(to: key, among: all), known: all))
  }

  /// All settings of a definition, each with its owner.
  private static func levels(_ definition: WorkflowDefinition) -> [(owner: String, TaskSettings)] {
    let header = definition.header
    var levels = [("tool '\(header.tool)'", header.toolSettings), ("the workflow", header.settings)]
    levels += definition.templates.map { ("template '\($0.name)'", $0.settings) }
    for (place, settings) in definition.tasks.settingsList.enumerated() where !settings.isEmpty {
      // Thousands of tasks may share these settings; the first one is named.
      guard let first = definition.tasks.settings.firstIndex(of: Int32(place)) else { continue }
      levels.append(("task '\(definition.tasks.name(first))'", settings))
    }
    return levels
  }
}
