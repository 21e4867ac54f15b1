import JobmonModel

/// Everything an executor can say.
public enum ExecutorEvent: Hashable, Codable, Sendable {
  /// What the backend is: the answer to ``Executor/start(_:events:)``, before all other events.
  indirect case info(ExecutorDescription)
  /// The answers to one ``Executor/validate(_:)``, in the order of its requests.
  case validated([ResourceRequest], [ResourceVerdict])
  /// The answer to ``Executor/submit(_:)``, the same for all of these instances.
  case submitted([TaskInstanceID], SubmissionVerdict)
  /// How many more instances a backend that places for itself would take now.
  case capacity(Int)
  /// The core may place tasks on this node, which is new, has come back, or has another size now.
  case nodeUp(ClusterNode)
  /// The node and whatever ran on it are gone; each instance there still gets its `ended`.
  case nodeDown(String)
  /// The command runs. `node` and `at` (wall clock) as far as the backend knows them.
  case started(TaskInstanceID, node: String?, at: Timestamp)
  /// Why instances that were accepted do not run yet, in the cluster's own words.
  case waiting([TaskInstanceID], reason: String)
  /// The instance has ended for good; repeated on ``Executor/recover(_:)`` until it is acknowledged.
  indirect case ended(TaskInstanceID, Outcome)
  /// Figures that were not yet known when the instance ended.
  case usage(TaskInstanceID, ResourceUsage)
  /// The answer to ``Executor/cancel(_:)``, for one instance.
  case cancelled(TaskInstanceID, CancelVerdict)
  /// The answer to ``Executor/recover(_:)``, for one instance.
  indirect case recovered(TaskInstanceID, RecoveryVerdict)
  /// A line for `run.log`. People see warnings and errors, and everything else with `-v`.
  case log(LogLevel, String)
  /// Whether the backend can be used, each time that changes after `info`.
  case health(ClusterHealth)
}

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

/// Whether a cluster can be used now.
public enum ClusterHealth: Hashable, Codable, Sendable {
  /// It takes tasks.
  case ready
  /// Usable later; why.
  case unavailable(String)
}

/// What a backend can do beyond what all have to.
public enum ExecutorCapability: String, Codable, Sendable {
  /// Tasks that use more memory than they asked for are ended with the cause `memory`.
  case enforcesMemory
  /// Tasks that run longer than they asked for are ended with the cause `runtime`.
  case enforcesRuntime
  /// Outcomes come with what the task used, or ``ExecutorEvent/usage(_:_:)`` follows them.
  case reportsUsage
  /// Says why accepted tasks do not run yet (``ExecutorEvent/waiting(_:reason:)``).
  case readsWaitingReasons
  /// No command is run: it only says so.
  case simulates
  /// Tasks may wait at its node for a place (``BatchTask/waits``), and be withdrawn while they do. Only for a cluster
  /// of one node on which the core places.
  case prefetches
}

/// A queue and its limits; nil is no limit. Memory in bytes, runtime in seconds.
public struct ClusterQueue: Hashable, Codable, Sendable {
  /// What requests name it by: unique in its cluster.
  public var name: String
  /// Whether requests that name no queue go to it. Where several are, the backend takes any of them.
  public var isDefault: Bool
  /// The most cores that one task may ask for.
  public var maxCores: Int?
  /// The most memory that one task may ask for, in bytes.
  public var maxMemory: Int64?
  /// The longest time that one task may ask for, in seconds.
  public var maxRuntime: Int64?

  /// Makes a queue; limits that are left out do not exist.
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
  /// Unique in its cluster.
  public var name: String
  /// Cores that tasks may use, all of them together.
  public var cores: Int
  /// Bytes that tasks may use, all of them together.
  public var memory: Int64

  /// Makes a node; memory in bytes.
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

/// Whether a cluster can ever run a task with a request.
public enum ResourceVerdict: Hashable, Codable, Sendable {
  /// It can, as the request is.
  case ok
  /// The cluster would run this instead; why.
  case coerced(ResourceRequest, why: String)
  /// It never can: no task with this request is submitted.
  case impossible(why: String)
}

/// What became of instances that were submitted.
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

/// What became of a request to end an instance.
public enum CancelVerdict: String, Codable, Sendable {
  /// It is being ended, and its `ended` will come.
  case requested
  /// There is nothing to end, or the instance is not known.
  case alreadyEnded
  /// It could not be ended, and still runs or waits.
  case failed
}

/// What became of an instance of an earlier driver, or an earlier plugin process.
public enum RecoveryVerdict: Hashable, Codable, Sendable {
  /// It runs: where, and since when by the wall clock, as far as the backend knows.
  case running(node: String?, started: Timestamp?)
  /// It is queued; its `started` and `ended` are still to come.
  case pending
  /// It has ended; no further `ended` follows.
  case ended(Outcome)
  /// Certainly does not run and will not start.
  case absent
}

/// How serious a line of a cluster is. All lines go to `run.log`.
public enum LogLevel: String, Codable, Sendable {
  /// For developers of the backend; shown with `-v` only.
  case debug
  /// Shown with `-v` only.
  case info
  /// Something that a person may have to look at; always shown.
  case warning
  /// Something that did not work; always shown.
  case error
}
