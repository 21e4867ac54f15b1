import JobmonExecution
import JobmonGraph
import JobmonModel
import JobmonStore

/// The initial data of a run. The plan and the events together determine every action of the engine.
public struct EnginePlan: Codable, Sendable {
  /// The dependencies of the tasks; a task's index in the graph is its ``TaskIndex`` everywhere.
  public var graph: TaskGraph
  /// Index in ``templates``, by task.
  public var template: [Int32]
  /// Index in ``profiles``, by task.
  public var profile: [Int32]
  /// The stored statuses, by task.
  public var statuses: [TaskStatus]
  /// The rules for each template, in the order of the definition.
  public var templates: [TemplatePolicy]
  /// The distinct settings of tasks, after precedence.
  public var profiles: [TaskProfile]
  /// The clusters that this run's tasks use.
  public var clusters: [ClusterPlan]
  /// Attempts of earlier runs without a committed outcome; their clusters are asked for their state.
  public var openInstances: [OpenInstance]
  /// Tasks whose requests are scaled once before their first attempt.
  public var resourceFailures: [ResourceFailure]
  /// Runtimes of the templates' tasks in earlier runs; templates without data may be left out.
  public var runtimes: [TemplateRuntime]
  /// Runtime of each task in an earlier workflow, in seconds; negative if unknown. Empty if there is no earlier
  /// workflow.
  public var taskRuntimes: [Float]
  /// The maximum number of submitted or running tasks; nil is no limit, 0 is a pause.
  public var workflowLimit: Int?
  /// The rules for all tasks of the run.
  public var policy: EnginePolicy
  /// The prefix of this run's batch tokens.
  public var tokenPrefix: String
  /// When the run began, on both clocks; time-outs count from here.
  public var started: Instant

  /// The rules for all tasks of a template.
  public struct TemplatePolicy: Codable, Sendable {
    /// The maximum number of its submitted or running tasks; nil is no limit, 0 is a pause.
    public var limit: Int?
    /// If given, only these exit codes are retried.
    public var retryExitCodes: [Int]?
    /// These exit codes are never retried.
    public var noRetryExitCodes: [Int]

    /// Creates a template's rules; without lists of exit codes, every failure of the command is retried.
    public init(limit: Int?, retryExitCodes: [Int]? = nil, noRetryExitCodes: [Int] = []) {
      self.limit = limit
      self.retryExitCodes = retryExitCodes
      self.noRetryExitCodes = noRetryExitCodes
    }
  }

  /// The request of a template's tasks with the same settings, after precedence and validation.
  public struct TaskProfile: Hashable, Codable, Sendable {
    /// Index in ``clusters``.
    public var cluster: Int
    /// The tasks' request, and their maximum number of attempts.
    public var settings: ResolvedSettings

    /// Creates a profile of tasks on one cluster.
    public init(cluster: Int, settings: ResolvedSettings) {
      self.cluster = cluster
      self.settings = settings
    }
  }

  /// A cluster of the run, with its description from when it was opened.
  public struct ClusterPlan: Codable, Sendable {
    /// Its name in the registry.
    public var name: String
    /// The content of its first `info`.
    public var description: ExecutorDescription

    /// Creates a cluster of the run.
    public init(name: String, description: ExecutorDescription) {
      self.name = name
      self.description = description
    }
  }

  /// Creates a plan. `template`, `profile` and `statuses` have one entry for each task of the graph.
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

/// The rules for all tasks of a run. Times are in milliseconds.
public struct EnginePolicy: Hashable, Codable, Sendable {
  /// Start nothing new after the first task has failed permanently.
  public var failFast = false
  /// Start nothing new after this time since the start.
  public var timeout: Int64?
  /// Maximum number of attempts for infrastructure failures, per task and run.
  public var infrastructureAttempts = 10
  /// The pause after the first infrastructure failure; doubles with each further one.
  public var backoffFirst: Int64 = 1000
  /// The longest pause after an infrastructure failure.
  public var backoffMax: Int64 = 300_000
  /// Whether to cancel (cold) or adopt (hot) earlier runs' jobs.
  public var coldResume = false

  /// Creates the default rules: hot resume, no time-out, no fail-fast.
  public init() {}

  /// The pause in milliseconds after a task's `failures`-th infrastructure failure.
  func backoff(after failures: Int) -> Int64 {
    let doubled =
      Double(backoffFirst) * Double(sign: .plus, exponent: min(max(0, failures - 1), 60), significand: 1)
    return Int64(min(doubled, Double(backoffMax)))
  }
}
