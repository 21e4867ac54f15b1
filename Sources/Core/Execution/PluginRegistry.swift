import JobmonModel

/// Which clusters there are, and what runs each: cluster name -> plugin -> how it is started, with its options.
public struct PluginRegistry: Sendable {
  /// Makes a fresh executor for one run.
  public typealias Factory = @Sendable () -> any Executor

  /// A name in the registry, with the plugin behind it and its merged options.
  public struct Cluster: Sendable {
    public var name: String
    public var plugin: String
    public var options: [String: JSONValue]
    /// Where the registry has it from: `built in`, or the path of the last file that says something about it.
    public var source: String
    /// The keys of compute resources that it takes beyond the standard ones; nil where only the cluster itself can say.
    public var resourceKeys: Set<String>?
    public var makeExecutor: Factory

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
    public var name: String
    public var source: String
    /// Why, and what to write instead.
    public var refusal: RunRefusal

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

  public init() {}

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
    let hint =
      Suggestion.nearest(to: name, among: names).map { "; did you mean '\($0)'? Known: " } ?? "; known: "
    throw RunRefusal(.unknownCluster, "there is no cluster '\(name)'\(hint)\(names.joined(separator: ", "))")
  }
}
