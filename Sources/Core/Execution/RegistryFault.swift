import JobmonModel

/// What is wrong with a registry of plugins and clusters, or with a request to it.
package enum RegistryFault: RefusalReason, Hashable {
  case missing(path: String)
  /// In one of its sources, which is a file or the built-in one.
  case bad(source: String, Problem)
  case unknownCluster(String, nearest: String?, known: [String])
  /// The options of a cluster are not valid according to its backend.
  case badOptions(reason: String)

  /// What is not valid in a source.
  package enum Problem: Hashable, Sendable {
    /// The system's error; nil if there is none.
    case unreadable(reason: String?)
    /// Other users can write the file; the reason.
    case untrusted(reason: String)
    /// The decoder's error.
    case notJSON(reason: String)
    case notObject
    case unknownKey(String)
    case sectionNotObject(String)
    case clusterNotObject(String)
    case noPlugin(cluster: String)
    case unknownClusterKey(String, cluster: String)
    case unknownPlugin(String, cluster: String, known: [String])
    case optionsNotObject(cluster: String)
    case unknownBuiltin(String, plugin: String, known: [String])
    case noStart(plugin: String)
  }
}

/// Why a cluster cannot be used, or does not run tasks.
package enum ClusterRefusal: RefusalReason, Hashable {
  /// The backend's reason.
  case unusable(String, reason: String)
  /// It did not answer for this number of milliseconds.
  case silent(String, milliseconds: Int64)
}

extension RegistryFault {
  package var code: RunRefusal.Code {
    switch self {
    case .missing, .bad: .invalidFile
    case .unknownCluster: .unknownCluster
    case .badOptions: .invalidUsage
    }
  }

  package var message: String {
    switch self {
    case .missing(let path): "there is no cluster registry \(path)"
    case .bad(let source, let problem): "the cluster registry \(source) \(problem)"
    case .unknownCluster(let name, let nearest, let known):
      "there is no cluster '\(name)'"
        + (nearest.map { "; did you mean '\($0)'? Known: " } ?? "; known: ") + known.joined(separator: ", ")
    case .badOptions(let reason): reason
    }
  }
}

extension RegistryFault.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let reason): "cannot be read" + (reason.map { ": \($0)" } ?? "")
    case .untrusted(let reason): "decides which programs run and \(reason)"
    case .notJSON(let reason): "is not valid JSON: \(reason)"
    case .notObject: "must be an object with plugins and clusters"
    case .unknownKey(let key): "has the key '\(key)'; it may have clusters and plugins"
    case .sectionNotObject(let key): "\(key) must be an object"
    case .clusterNotObject(let cluster): "clusters.\(cluster) must be an object, or null to remove it"
    case .noPlugin(let cluster): #"does not say which plugin runs cluster '\#(cluster)': {"plugin": NAME}"#
    case .unknownClusterKey(let key, let cluster):
      "gives cluster '\(cluster)' the key '\(key)'; it may have plugin and options"
    case .unknownPlugin(let plugin, let cluster, let known):
      "gives cluster '\(cluster)' the plugin '\(plugin)', which does not exist; known: "
        + known.joined(separator: ", ")
    case .optionsNotObject(let cluster): "must give the options of cluster '\(cluster)' as an object"
    case .unknownBuiltin(let builtin, let plugin, let known):
      "starts plugin '\(plugin)' with the builtin '\(builtin)', which does not exist; known: "
        + known.joined(separator: ", ")
    case .noStart(let plugin):
      #"must start plugin '\#(plugin)' with either {"builtin": NAME} or {"command": [PROGRAM]}"#
    }
  }
}

extension ClusterRefusal {
  package var code: RunRefusal.Code { .clusterUnavailable }

  package var message: String {
    switch self {
    case .unusable(let name, let reason): "cluster \(name) cannot be used: \(reason)"
    case .silent(let name, let milliseconds):
      "cluster \(name) has not answered for \(milliseconds / 1000) s"
    }
  }
}
