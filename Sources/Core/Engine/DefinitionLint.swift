import JobmonExecution
import JobmonModel

/// Looks for names in a definition's settings that mean nothing: clusters that there are not, keys of compute resources that
/// nobody knows. Each would vanish without a word.
public struct DefinitionLint {
  let registry: PluginRegistry

  /// Whether no cluster is asked afterwards: then it is said here what a run would find out from its clusters.
  let isAlone: Bool

  /// Looks at definitions with this registry; no cluster is started.
  public init(_ registry: PluginRegistry, isAlone: Bool) {
    self.registry = registry
    self.isAlone = isAlone
  }

  /// What a person should be warned of: one sentence for each name.
  ///
  /// - Throws: ``RunRefusal``: `unknown_cluster` where tasks are sent to a cluster that there is not, `invalid_file` for a key
  ///   under the own name of a cluster that is known not to have it.
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

  /// All settings that a definition gives, with who gives them.
  private static func levels(_ definition: WorkflowDefinition) -> [(owner: String, TaskSettings)] {
    let header = definition.header
    var levels = [("tool '\(header.tool)'", header.toolSettings), ("the workflow", header.settings)]
    levels += definition.templates.map { ("template '\($0.name)'", $0.settings) }
    for (place, settings) in definition.tasks.settingsList.enumerated() where !settings.isEmpty {
      // Thousands of tasks may share them; the first one is named.
      guard let first = definition.tasks.settings.firstIndex(of: Int32(place)) else { continue }
      levels.append(("task '\(definition.tasks.name(first))'", settings))
    }
    return levels
  }
}
