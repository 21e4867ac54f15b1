/// What a backend says of itself when it is opened.
public struct ExecutorDescription: Hashable, Codable, Sendable {
  /// Whether it can be used now.
  public var health: ClusterHealth
  /// The queues that requests may name; empty: it has none, and every request fits.
  public var queues: [ClusterQueue]
  /// What it does beyond what all backends do.
  public var capabilities: Set<ExecutorCapability>
  /// The keys of compute resources that it takes beyond the standard ones (``ComputeResources/other``).
  public var resourceKeys: Set<String> = []
  /// The options that its clusters may have; nil: it checks them itself.
  public var options: [ClusterOption]?
  /// The most tasks one batch may hold.
  public var maxBatch: Int
  /// Whether the core or the backend decides where tasks run.
  public var placement: Placement
  /// Whether jobs go on when the driver has gone.
  public var outlivesDriver: Bool
  /// What there is on the machine that its node is (a part of), where runs on that machine are to share it.
  public var machine: HostAmount?
  /// Versions of these messages that the backend understands.
  public var protocolVersions: ClosedRange<Int>

  /// Describes a backend without options, resource keys of its own, or a machine to share.
  public init(
    health: ClusterHealth = .ready, queues: [ClusterQueue] = [], capabilities: Set<ExecutorCapability> = [],
    maxBatch: Int, placement: Placement, outlivesDriver: Bool, protocolVersions: ClosedRange<Int> = 1...1
  ) {
    self.health = health
    self.queues = queues
    self.capabilities = capabilities
    self.maxBatch = maxBatch
    self.placement = placement
    self.outlivesDriver = outlivesDriver
    self.protocolVersions = protocolVersions
  }
}
