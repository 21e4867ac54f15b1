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

/// One committed status change, as `--events` prints it.
public struct StatusEvent: Hashable, Sendable {
  public enum Kind: String, Codable, Sendable {
    case workflow, task
    case workflowRun = "workflow_run"
    case taskInstance = "task_instance"
  }

  public var seq: Int64
  public var time: Timestamp
  public var kind: Kind
  /// The id of the row that changed, by its kind.
  public var id: Int64
  public var workflowID: WorkflowID
  public var taskID: TaskID?
  public var taskName: String?
  public var from: String?
  public var to: String
  public var attempt: Int?
  public var cause: String?
  public var node: String?
  public var message: String?

  public init(
    seq: Int64, time: Timestamp, kind: Kind, id: Int64, workflowID: WorkflowID, taskID: TaskID? = nil,
    taskName: String? = nil, from: String?, to: String, attempt: Int? = nil, cause: String? = nil,
    node: String? = nil, message: String? = nil
  ) {
    self.seq = seq
    self.time = time
    self.kind = kind
    self.id = id
    self.workflowID = workflowID
    self.taskID = taskID
    self.taskName = taskName
    self.from = from
    self.to = to
    self.attempt = attempt
    self.cause = cause
    self.node = node
    self.message = message
  }
}
