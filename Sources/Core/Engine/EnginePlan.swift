import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore

/// All that a run starts from. With the events that follow it decides every action of the engine.
public struct EnginePlan: Codable, Sendable {
  /// Which tasks wait for which; a task's number in it is its ``TaskIndex`` everywhere.
  public var graph: TaskGraph
  /// Index in ``templates``, by task.
  public var template: [Int32]
  /// Index in ``profiles``, by task.
  public var profile: [Int32]
  /// As the store has them, by task.
  public var statuses: [TaskStatus]
  /// The rules for each template, in the order of the definition.
  public var templates: [TemplatePolicy]
  /// The different sets of settings that tasks have after precedence.
  public var profiles: [TaskProfile]
  /// The clusters that tasks of this run go to.
  public var clusters: [ClusterPlan]
  /// Attempts of earlier runs without a committed outcome; their clusters are asked what became of them.
  public var openInstances: [OpenInstance]
  /// Tasks whose requests are scaled once before the first attempt.
  public var resourceFailures: [ResourceFailure]
  /// How long tasks of each template ran in earlier runs; templates of which nothing is known may be left out.
  public var runtimes: [TemplateRuntime]
  /// Seconds that each task took in an earlier workflow; negative where that is not known. Empty: of none.
  public var taskRuntimes: [Float]
  /// The most tasks that may be submitted or running at a time; nil is no limit, 0 a pause.
  public var workflowLimit: Int?
  /// The rules that hold for all tasks of the run.
  public var policy: EnginePolicy
  /// What this run's batch tokens begin with.
  public var tokenPrefix: String
  /// When the run began, on both clocks; time-outs count from here.
  public var started: Instant

  /// What holds for all tasks of a template.
  public struct TemplatePolicy: Codable, Sendable {
    /// The most tasks of it that may be submitted or running at a time; nil is no limit, 0 a pause.
    public var limit: Int?
    /// Where given, only these exit codes are retried.
    public var retryExitCodes: [Int]?
    /// These exit codes are never retried.
    public var noRetryExitCodes: [Int]

    /// Makes a template's rules; without lists of exit codes every failure of the command is retried.
    public init(limit: Int?, retryExitCodes: [Int]? = nil, noRetryExitCodes: [Int] = []) {
      self.limit = limit
      self.retryExitCodes = retryExitCodes
      self.noRetryExitCodes = noRetryExitCodes
    }
  }

  /// What tasks of one template and one set of settings ask for, after precedence and validation.
  public struct TaskProfile: Hashable, Codable, Sendable {
    /// Index in ``clusters``.
    public var cluster: Int
    /// What the tasks ask for, and how often they are tried.
    public var settings: ResolvedSettings

    /// Makes a profile of tasks that go to one cluster.
    public init(cluster: Int, settings: ResolvedSettings) {
      self.cluster = cluster
      self.settings = settings
    }
  }

  /// A cluster of the run, and what it said of itself when it was opened.
  public struct ClusterPlan: Codable, Sendable {
    /// Its name in the registry.
    public var name: String
    /// What it said in its first `info`.
    public var description: ExecutorDescription

    /// Makes a cluster of the run.
    public init(name: String, description: ExecutorDescription) {
      self.name = name
      self.description = description
    }
  }

  /// Makes a plan. `template`, `profile` and `statuses` have one entry for each task of the graph.
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
  /// The longest wait before an attempt after an infrastructure failure.
  public var backoffMax: Int64 = 300_000
  /// Whether earlier runs' jobs are ended (cold) or taken over (hot).
  public var coldResume = false

  /// The rules of a hot resume without time-out that does not stop at the first fatal task.
  public init() {}

  /// Milliseconds to wait after the `failures`-th infrastructure failure of a task.
  func backoff(after failures: Int) -> Int64 {
    let doubled =
      Double(backoffFirst) * Double(sign: .plus, exponent: min(max(0, failures - 1), 60), significand: 1)
    return Int64(min(doubled, Double(backoffMax)))
  }
}
