/// Counts by what people see, per template.
public struct RunProgress: Hashable, Sendable {
  /// How many of one template's tasks are in each of the five states that people see (``TaskWord``).
  public struct Counts: Hashable, Sendable {
    /// Tasks that wait: for other tasks, for a limit, for a free slot, or for their next attempt.
    public var pending = 0
    /// Tasks that the cluster has accepted and not started.
    public var scheduled = 0
    /// Tasks whose command runs.
    public var running = 0
    /// Tasks that are done, those of earlier runs included.
    public var done = 0
    /// Tasks that have failed for good in this run.
    public var fatal = 0
    /// No tasks.
    public init() {}
    /// All tasks of the template.
    public var total: Int { pending + scheduled + running + done + fatal }
  }

  /// Tasks of one template that cannot run in this run any more.
  public struct Blocked: Hashable, Sendable {
    /// How many; they are among the pending ones.
    public var count: Int
    /// A FATAL task that some of them wait for, however far above, by its index in the workflow.
    public var by: TaskIndex
    /// The name of that task; empty where it is not known.
    public var name = ""

    /// Tasks that one FATAL task keeps from running.
    public init(count: Int, by: TaskIndex) {
      self.count = count
      self.by = by
    }
  }

  /// The counts of each template, in the order of ``WorkflowDefinition/templates``.
  public var templates: [Counts]
  /// Retries in this run, over all templates; attempts that we ended ourselves do not count.
  public var retries: Int
  /// Milliseconds since the run began.
  public var elapsed: Int64
  /// Seconds that tasks take, as far as it was seen, in this run and in earlier ones; by template.
  public var runtimes: [Float?] = []
  /// The most tasks that may run at once; nil: any number.
  public var workflowLimit: Int?
  /// The most tasks of each template that may run at once; nil: any number.
  public var templateLimits: [Int?] = []
  /// Tasks of each template that a FATAL task keeps from running; nil: none. Empty where nobody has looked.
  public var blocked: [Blocked?] = []

  /// A snapshot without limits and without known run times.
  ///
  /// - Parameter elapsed: milliseconds since the run began, by the monotonic clock.
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
