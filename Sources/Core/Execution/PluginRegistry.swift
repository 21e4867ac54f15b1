import JobmonModel

/// Which clusters there are, and what runs each: cluster name -> plugin -> how it is started, with its options.
public struct PluginRegistry: Sendable {
  /// Makes a fresh executor for one run.
  public typealias Factory = @Sendable () -> any Executor

  /// A name in the registry, with the plugin behind it and its merged options.
  public struct Cluster: Sendable {
    /// What workflows and the command line name it by: unique in the registry.
    public var name: String
    /// The plugin that runs it; the plugin's name is also a key of compute resources for all of its clusters.
    public var plugin: String
    /// The plugin's options with those of the cluster's own entry over them, by key.
    public var options: [String: JSONValue]
    /// Where the registry has it from: `built in`, or the path of the last file that says something about it.
    public var source: String
    /// The keys of compute resources that it takes beyond the standard ones; nil where only the cluster itself can say.
    public var resourceKeys: Set<String>?
    /// Makes the executor that a run on this cluster uses; it is not started yet.
    public var makeExecutor: Factory

    /// Makes an entry; nothing is started, and options are not checked.
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

  /// The source of clusters that no file names.
  public static let builtInSource = "built in"

  /// A name in the registry whose entry, or whose plugin's, makes no sense.
  public struct Fault: Sendable {
    /// The cluster's name in the registry.
    public var name: String
    /// The path of the file whose entry makes no sense.
    public var source: String
    /// Why, and what to write instead.
    public var refusal: RunRefusal

    /// Makes a fault; `refusal` is what a run on the cluster is refused with.
    public init(name: String, source: String, refusal: RunRefusal) {
      self.name = name
      self.source = source
      self.refusal = refusal
    }
  }

  /// Makes an executor for single commands on this machine, whatever cluster a run uses; nil: there is none. A
  /// workflow's `on_finish` is run by it.
  public var makeCommandExecutor: Factory?

  private var clusters: [String: Cluster] = [:]
  private var faults: [String: Fault] = [:]

  /// Makes a registry without clusters.
  public init() {}

  /// Adds a cluster; it replaces one of the same name.
  public mutating func register(_ cluster: Cluster) { clusters[cluster.name] = cluster }

  mutating func register(_ fault: Fault) { faults[fault.name] = fault }

  /// Cluster names, sorted; those of ``fault(of:)`` among them.
  public var names: [String] { (Array(clusters.keys) + Array(faults.keys)).sorted() }

  /// What is wrong with a cluster's entry, if anything is.
  public func fault(of name: String) -> Fault? { faults[name] }

  /// - Throws: ``RunRefusal`` with `unknown_cluster`, naming the nearest and the clusters there are; with
  ///   `invalid_file` where its entry makes no sense.
  public func cluster(_ name: String) throws -> Cluster {
    if let cluster = clusters[name] { return cluster }
    if let fault = faults[name] { throw fault.refusal }
    throw RunRefusal(
      RegistryFault.unknownCluster(name, nearest: Suggestion.nearest(to: name, among: names), known: names))
  }
}
