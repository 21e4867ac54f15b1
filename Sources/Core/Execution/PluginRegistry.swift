/// Which clusters there are, and what runs each: cluster name -> plugin -> how it is started, with its options.
public struct PluginRegistry: Sendable {
  /// Makes a fresh executor for one run.
  public typealias Factory = @Sendable () -> any Executor

  /// A name in the registry, with the plugin behind it and its merged options.
  public struct Cluster: Sendable {
    public var name: String
    public var plugin: String
    public var options: [String: JSONValue]
    public var makeExecutor: Factory

    public init(name: String, plugin: String, options: [String: JSONValue], makeExecutor: @escaping Factory) {
      self.name = name
      self.plugin = plugin
      self.options = options
      self.makeExecutor = makeExecutor
    }
  }

  private var clusters: [String: Cluster] = [:]

  public init() {}

  public mutating func register(_ cluster: Cluster) { clusters[cluster.name] = cluster }

  /// Cluster names, sorted.
  public var names: [String] { clusters.keys.sorted() }

  /// - Throws: ``RunRefusal`` with `unknown_cluster`, naming the clusters there are.
  public func cluster(_ name: String) throws -> Cluster {
    guard let cluster = clusters[name] else {
      throw RunRefusal(.unknownCluster, "there is no cluster '\(name)'; known: \(names.joined(separator: ", "))")
    }
    return cluster
  }
}
