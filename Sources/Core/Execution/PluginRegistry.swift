import JobmonModel

/// The configured clusters. For each name it has the plugin, how the plugin is started, and its options.
public struct PluginRegistry: Sendable {
  /// Creates a new executor for one run.
  public typealias Factory = @Sendable () -> any Executor

  /// A cluster in the registry, with its plugin and its merged options.
  public struct Cluster: Sendable {
    /// The name in workflows and on the command line, unique in the registry.
    public var name: String
    /// The name of its plugin. This name is also a key of compute resources for all clusters of the plugin.
    public var plugin: String
    /// The plugin's options, overridden by key by those of the cluster's own entry.
    public var options: [String: JSONValue]
    /// The origin of the entry: `built in`, or the path of the last file that has an entry for it.
    public var source: String
    /// The keys of compute resources that it accepts in addition to the standard ones; nil if only the cluster itself
    /// knows.
    public var resourceKeys: Set<String>?
    /// Creates the executor for a run on this cluster. It is not started.
    public var makeExecutor: Factory

    /// Creates an entry. Nothing is started, and options are not checked.
    public init(
      name: String, plugin: String, options: [String: JSONValue],
      source: String = PluginRegistry.builtInSource, resourceKeys: Set<String>? = nil,
      makeExecutor: @escaping Factory
    ) {
      self.name = name
      self.plugin = plugin
      self.options = options
      self.source = source
      self.resourceKeys = resourceKeys
      self.makeExecutor = makeExecutor
    }
  }

  /// The source of clusters that are in no file.
  public static let builtInSource = "built in"

  /// A cluster whose registry entry, or whose plugin's entry, is not valid.
  public struct Fault: Sendable {
    /// The cluster's name in the registry.
    public var name: String
    /// The path of the file with the invalid entry.
    public var source: String
    /// Why it is not valid, and what to write instead.
    public var refusal: RunRefusal

    /// Creates a fault. Runs on the cluster are refused with `refusal`.
    public init(name: String, source: String, refusal: RunRefusal) {
      self.name = name
      self.source = source
      self.refusal = refusal
    }
  }

  /// Creates an executor for single commands on this machine, independent of the run's cluster; nil if there is none.
  /// It is used for a workflow's `on_finish`.
  public var makeCommandExecutor: Factory?

  private var clusters: [String: Cluster] = [:]
  private var faults: [String: Fault] = [:]

  /// Creates a registry without clusters.
  public init() {}

  /// Adds a cluster. It replaces one with the same name.
  public mutating func register(_ cluster: Cluster) { clusters[cluster.name] = cluster }

  mutating func register(_ fault: Fault) { faults[fault.name] = fault }

  /// Cluster names, sorted, including those with a ``fault(of:)``.
  public var names: [String] { (Array(clusters.keys) + Array(faults.keys)).sorted() }

  /// The fault of a cluster's entry, if any.
  public func fault(of name: String) -> Fault? { faults[name] }

  /// The cluster with a name.
  ///
  /// - Throws: ``RunRefusal`` with `unknown_cluster`, which lists the nearest name and all clusters; with
  ///   `invalid_file` if its entry is not valid.
  public func cluster(_ name: String) throws -> Cluster {
    if let cluster = clusters[name] { return cluster }
    if let fault = faults[name] { throw fault.refusal }
    throw RunRefusal(
      RegistryFault.unknownCluster(name, nearest: Suggestion.nearest(to: name, among: names), known: names))
  }
}
