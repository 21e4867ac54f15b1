import JobmonModel

/// Everything an executor can say.
public enum ExecutorEvent: Hashable, Codable, Sendable {
  indirect case info(ExecutorDescription)
  /// The answers to one ``Executor/validate(_:)``, in the order of its requests.
  case validated([ResourceRequest], [ResourceVerdict])
  case submitted([TaskInstanceID], SubmissionVerdict)
  /// How many more instances a backend that places for itself would take now.
  case capacity(Int)
  case nodeUp(ClusterNode)
  /// The node and whatever ran on it are gone; each instance there still gets its `ended`.
  case nodeDown(String)
  case started(TaskInstanceID, node: String?, at: Timestamp)
  /// Why instances that were accepted do not run yet, in the cluster's own words.
  case waiting([TaskInstanceID], reason: String)
  indirect case ended(TaskInstanceID, Outcome)
  /// Figures that were not yet known when the instance ended.
  case usage(TaskInstanceID, ResourceUsage)
  case cancelled(TaskInstanceID, CancelVerdict)
  indirect case recovered(TaskInstanceID, RecoveryVerdict)
  case log(LogLevel, String)
  case health(ClusterHealth)
}

/// What a backend says of itself when it is opened.
public struct ExecutorDescription: Hashable, Codable, Sendable {
  public var health: ClusterHealth
  public var queues: [ClusterQueue]
  public var capabilities: Set<ExecutorCapability>
  /// The keys of compute resources that it takes beyond the standard ones (``ComputeResources/other``).
  public var resourceKeys: Set<String> = []
  /// The options that its clusters may have; nil: it checks them itself.
  public var options: [ClusterOption]?
  /// The most tasks one batch may hold.
  public var maxBatch: Int
  public var placement: Placement
  /// Whether jobs go on when the driver has gone.
  public var outlivesDriver: Bool
  /// What there is on the machine that its node is (a part of), where runs on that machine are to share it.
  public var machine: HostAmount?
  /// Versions of these messages that the backend understands.
  public var protocolVersions: ClosedRange<Int>

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

public enum ClusterHealth: Hashable, Codable, Sendable {
  case ready
  /// Usable later; why.
  case unavailable(String)
}

public enum ExecutorCapability: String, Codable, Sendable {
  case enforcesMemory, enforcesRuntime, reportsUsage, readsWaitingReasons
  /// No command is run: it only says so.
  case simulates
  /// Tasks may wait at its node for a place (``BatchTask/waits``), and be withdrawn while they do. Only for a cluster
  /// of one node on which the core places.
  case prefetches
}

/// A queue and its limits; nil is no limit. Memory in bytes, runtime in seconds.
public struct ClusterQueue: Hashable, Codable, Sendable {
  public var name: String
  /// Whether requests that name no queue go to it. Where several are, the backend takes any of them.
  public var isDefault: Bool
  public var maxCores: Int?
  public var maxMemory: Int64?
  public var maxRuntime: Int64?

  public init(
    name: String, isDefault: Bool = false, maxCores: Int? = nil, maxMemory: Int64? = nil,
    maxRuntime: Int64? = nil
  ) {
    self.name = name
    self.isDefault = isDefault
    self.maxCores = maxCores
    self.maxMemory = maxMemory
    self.maxRuntime = maxRuntime
  }
}

/// A machine of a cluster on which the core places tasks. Memory in bytes.
public struct ClusterNode: Hashable, Codable, Sendable {
  public var name: String
  public var cores: Int
  public var memory: Int64

  public init(name: String, cores: Int, memory: Int64) {
    self.name = name
    self.cores = cores
    self.memory = memory
  }
}

/// Who decides where and when a task runs.
public enum Placement: Hashable, Codable, Sendable {
  /// The backend queues for itself and takes up to this many instances.
  case backend(maxOutstanding: Int)
  /// The core packs tasks on these nodes; nothing is submitted that does not fit now, but for the next few very short
  /// tasks where the backend ``ExecutorCapability/prefetches``.
  case core([ClusterNode])
}

public enum ResourceVerdict: Hashable, Codable, Sendable {
  case ok
  /// The cluster would run this instead; why.
  case coerced(ResourceRequest, why: String)
  case impossible(why: String)
}

public enum SubmissionVerdict: Hashable, Codable, Sendable {
  /// The backend has the job; the handle finds it again, where the backend has such names.
  case accepted(handle: String?)
  /// Will never be accepted.
  case rejected(why: String)
  /// Not now; ask again after so many seconds.
  case deferred(after: Double, why: String)
  /// Nobody can tell whether the job exists: to be settled by ``Executor/recover(_:)``, never by submitting again.
  case ambiguous(why: String)
}

public enum CancelVerdict: String, Codable, Sendable {
  case requested, alreadyEnded, failed
}

public enum RecoveryVerdict: Hashable, Codable, Sendable {
  case running(node: String?, started: Timestamp?)
  case pending
  case ended(Outcome)
  /// Certainly does not run and will not start.
  case absent
}

public enum LogLevel: String, Codable, Sendable {
  case debug, info, warning, error
}
