/// Who is told how a run goes. Called from the driver's thread: every call must return at once.
public protocol RunObserver: Sendable {
  /// The workflow is bound and this run holds it.
  func began(_ start: RunStart)
  /// A snapshot, after each turn that changed anything (cheap: counts only).
  func progressed(_ progress: RunProgress)
  /// An attempt failed; `willRetry` tells whether there will be another.
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool)
  /// Status changes that are committed; sent only where ``wantsEvents`` is true.
  func changed(_ events: [StatusEvent])
  /// One line for a person: a coerced request, a cluster's warning, what still runs after an interrupt.
  func noticed(_ text: String)
  /// An interrupt has come: nothing new starts; these tasks have not ended yet. `again`: the run leaves at once.
  func interrupted(running tasks: [String], again: Bool)
  var wantsEvents: Bool { get }
}

public struct RunStart: Hashable, Sendable {
  public var workflowID: WorkflowID
  public var workflowRunID: WorkflowRunID
  public var name: String
  public var workflowArgs: String
  public var tasksTotal: Int
  public var tasksPreviouslyDone: Int
  /// Template names, in the order of ``RunProgress/templates``.
  public var templates: [String]
  /// Where the commands run.
  public var folder: String

  public init(
    workflowID: WorkflowID, workflowRunID: WorkflowRunID, name: String, workflowArgs: String, tasksTotal: Int,
    tasksPreviouslyDone: Int, templates: [String], folder: String
  ) {
    self.workflowID = workflowID
    self.workflowRunID = workflowRunID
    self.name = name
    self.workflowArgs = workflowArgs
    self.tasksTotal = tasksTotal
    self.tasksPreviouslyDone = tasksPreviouslyDone
    self.templates = templates
    self.folder = folder
  }
}

/// Counts by what people see, per template.
public struct RunProgress: Hashable, Sendable {
  public struct Counts: Hashable, Sendable {
    public var pending = 0
    public var scheduled = 0
    public var running = 0
    public var done = 0
    public var fatal = 0
    public init() {}
    public var total: Int { pending + scheduled + running + done + fatal }
  }

  public var templates: [Counts]
  public var retries: Int
  /// Milliseconds since the run began.
  public var elapsed: Int64
  /// Seconds that tasks take, as far as it was seen, in this run and in earlier ones; by template.
  public var runtimes: [Float?] = []
  /// The most tasks that may run at once; nil: any number.
  public var workflowLimit: Int?
  public var templateLimits: [Int?] = []

  public init(templates: [Counts], retries: Int, elapsed: Int64) {
    self.templates = templates
    self.retries = retries
    self.elapsed = elapsed
  }
}
