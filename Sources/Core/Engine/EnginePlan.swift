import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore

/// All that a run starts from. With the events that follow it decides every action of the engine.
public struct EnginePlan: Codable, Sendable {
  public var graph: TaskGraph
  /// Place in ``templates``, by task.
  public var template: [Int32]
  /// Place in ``profiles``, by task.
  public var profile: [Int32]
  /// As the store has them, by task.
  public var statuses: [TaskStatus]
  public var templates: [TemplatePolicy]
  public var profiles: [TaskProfile]
  public var clusters: [ClusterPlan]
  public var openInstances: [OpenInstance]
  /// Tasks whose requests are scaled once before the first attempt.
  public var resourceFailures: [ResourceFailure]
  public var runtimes: [TemplateRuntime]
  /// Seconds that each task took in an earlier workflow; negative where that is not known. Empty: of none.
  public var taskRuntimes: [Float]
  public var workflowLimit: Int?
  public var policy: EnginePolicy
  /// What this run's batch tokens begin with.
  public var tokenPrefix: String
  public var started: Instant

  public struct TemplatePolicy: Codable, Sendable {
    public var limit: Int?
    public var retryExitCodes: [Int]?
    public var noRetryExitCodes: [Int]

    public init(limit: Int?, retryExitCodes: [Int]? = nil, noRetryExitCodes: [Int] = []) {
      self.limit = limit
      self.retryExitCodes = retryExitCodes
      self.noRetryExitCodes = noRetryExitCodes
    }
  }

  /// What tasks of one template and one set of settings ask for, after precedence and validation.
  public struct TaskProfile: Hashable, Codable, Sendable {
    /// Place in ``clusters``.
    public var cluster: Int
    public var settings: ResolvedSettings

    public init(cluster: Int, settings: ResolvedSettings) {
      self.cluster = cluster
      self.settings = settings
    }
  }

  public struct ClusterPlan: Codable, Sendable {
    public var name: String
    public var description: ExecutorDescription

    public init(name: String, description: ExecutorDescription) {
      self.name = name
      self.description = description
    }
  }

  public init(
    graph: TaskGraph, template: [Int32], profile: [Int32], statuses: [TaskStatus],
    templates: [TemplatePolicy],
    profiles: [TaskProfile], clusters: [ClusterPlan], openInstances: [OpenInstance] = [],
    resourceFailures: [ResourceFailure] = [], runtimes: [TemplateRuntime] = [], taskRuntimes: [Float] = [],
    workflowLimit: Int? = nil,
    policy: EnginePolicy = EnginePolicy(), tokenPrefix: String, started: Instant
  ) {
    self.graph = graph
    self.template = template
    self.profile = profile
    self.statuses = statuses
    self.templates = templates
    self.profiles = profiles
    self.clusters = clusters
    self.openInstances = openInstances
    self.resourceFailures = resourceFailures
    self.runtimes = runtimes
    self.taskRuntimes = taskRuntimes
    self.workflowLimit = workflowLimit
    self.policy = policy
    self.tokenPrefix = tokenPrefix
    self.started = started
  }
}

/// The rules of a run that hold for all its tasks. Times in milliseconds.
public struct EnginePolicy: Hashable, Codable, Sendable {
  /// Start nothing new after the first fatal task.
  public var failFast = false
  /// Start nothing new so long after the start.
  public var timeout: Int64?
  /// Attempts for infrastructure failures, per task and run.
  public var infrastructureAttempts = 10
  /// Wait before the attempt after the first infrastructure failure; doubles with each.
  public var backoffFirst: Int64 = 1000
  public var backoffMax: Int64 = 300_000
  /// Whether earlier runs' jobs are ended (cold) or taken over (hot).
  public var coldResume = false

  public init() {}

  /// Milliseconds to wait after the `failures`-th infrastructure failure of a task.
  func backoff(after failures: Int) -> Int64 {
    let doubled =
      Double(backoffFirst) * Double(sign: .plus, exponent: min(max(0, failures - 1), 60), significand: 1)
    return Int64(min(doubled, Double(backoffMax)))
  }
}
