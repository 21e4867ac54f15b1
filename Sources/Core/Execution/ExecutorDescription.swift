/// A backend's description of itself, sent when it is opened.
public struct ExecutorDescription: Hashable, Codable, Sendable {
  /// Whether it can be used now.
  public var health: ClusterHealth
  /// The queues that requests may name. Empty: there are no queues, and every request fits.
  public var queues: [ClusterQueue]
  /// Its optional abilities.
  public var capabilities: Set<ExecutorCapability>
  /// The keys of compute resources that it accepts in addition to the standard ones (``ComputeResources/other``).
  public var resourceKeys: Set<String> = []
  /// The options that it accepts for its clusters; nil: it checks them itself.
  public var options: [ClusterOption]?
  /// Maximum number of tasks per batch.
  public var maxBatch: Int
  /// Whether the core or the backend decides where tasks run.
  public var placement: Placement
  /// Whether jobs continue after the driver has exited.
  public var outlivesDriver: Bool
  /// The resources of the machine on which its node is, if runs on that machine share them.
  public var machine: HostAmount?
  /// What it is, and how it works, as text for the user; nil if it says nothing.
  public var about: String?
  /// The versions of the messages that the backend supports.
  public var protocolVersions: ClosedRange<Int>

  /// Describes a backend without options, additional resource keys, or a machine to share.
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
