/// Numbers of tasks by state, per template.
public struct RunProgress: Hashable, Sendable {
  /// Numbers of one template's tasks in each of the five states shown to users (``TaskWord``).
  public struct Counts: Hashable, Sendable {
    /// Tasks that wait: for other tasks, for a limit, for a free slot, or for their next attempt.
    public var pending = 0
    /// Tasks that the cluster has accepted but not started.
    public var scheduled = 0
    /// Tasks whose command is running.
    public var running = 0
    /// Tasks that are done, including those of earlier runs.
    public var done = 0
    /// Tasks that have failed permanently in this run.
    public var fatal = 0
    /// Creates counts of zero.
    public init() {}
    /// Number of all tasks of the template.
    public var total: Int { pending + scheduled + running + done + fatal }
  }

  /// Tasks of one template that can no longer run in this run.
  public struct Blocked: Hashable, Sendable {
    /// Their number. They are included in the pending tasks.
    public var count: Int
    /// A FATAL task upstream of some of them, directly or not; its index in the workflow.
    public var by: TaskIndex
    /// The name of that task; empty if unknown.
    public var name = ""

    /// Tasks blocked by a FATAL task.
    public init(count: Int, by: TaskIndex) {
      self.count = count
      self.by = by
    }
  }

  /// The counts of each template, in the order of ``WorkflowDefinition/templates``.
  public var templates: [Counts]
  /// Number of retries in this run, over all templates. Attempts that jobmon ended itself are not counted.
  public var retries: Int
  /// Milliseconds since the run began.
  public var elapsed: Int64
  /// Expected run time of a task in seconds, by template, from this run and earlier ones; nil if unknown.
  public var runtimes: [Float?] = []
  /// Maximum number of tasks that may run at once; nil: no limit.
  public var workflowLimit: Int?
  /// Maximum number of tasks of each template that may run at once; nil: no limit.
  public var templateLimits: [Int?] = []
  /// Tasks of each template blocked by a FATAL task; nil: none. Empty if not determined.
  public var blocked: [Blocked?] = []

  /// A snapshot without limits and run times.
  public init(templates: [Counts], retries: Int, elapsed: Int64) {
    self.templates = templates
    self.retries = retries
    self.elapsed = elapsed
  }
}

extension RunProgress.Counts {
  package subscript(word: TaskWord) -> Int {
    get {
      switch word {
      case .pending: pending
      case .scheduled: scheduled
      case .running: running
      case .done: done
      case .fatal: fatal
      }
    }
    set {
      switch word {
      case .pending: pending = newValue
      case .scheduled: scheduled = newValue
      case .running: running = newValue
      case .done: done = newValue
      case .fatal: fatal = newValue
      }
    }
  }
}
