import JobmonModel

/// How a run ended.
public struct RunResult: Hashable, Sendable {
  /// The status of the run. The raw values are what people and JSON see.
  public enum Status: String, Codable, Sendable {
    /// All tasks of the workflow are done.
    case done = "DONE"
    /// The run ended with tasks that are not done: some are FATAL, or a fail-fast or a time-out ended it.
    case error = "ERROR"
    /// Somebody stopped the run: by a signal, or by asking for it in the store.
    case stopped = "STOPPED"
    /// Another run has taken the workflow over.
    case terminated = "TERMINATED"
  }

  /// The workflow's id in the store.
  public var workflowID: WorkflowID
  /// nil where nothing had to be run.
  public var workflowRunID: WorkflowRunID?
  /// The workflow's name.
  public var name: String
  /// What tells the workflow from others of its tool.
  public var workflowArgs: String
  /// How the run ended.
  public var status: Status
  /// All tasks of the workflow.
  public var tasksTotal: Int
  /// Tasks that are DONE, those of earlier runs included.
  public var tasksDone: Int
  /// Of those, the ones that earlier runs had done.
  public var tasksPreviouslyDone: Int
  /// Tasks that failed for good, or could not start.
  public var tasksFatal: Int
  /// All other tasks: neither done nor FATAL.
  public var tasksPending: Int
  /// Retries in this run.
  public var retries: Int
  /// Seconds from the start of the run to its end, by a clock that does not jump.
  public var elapsedSeconds: Double
  /// At most 1,000.
  public var failedTasks: [FailedTask]
  /// Why the run ended as it did, where the counts do not say: time-out, interrupt, taken over by run N, ...
  public var reason: String?
  /// The slowest tasks of this run, slowest first, at most 5.
  public var slowestTasks: [SlowTask]

  /// An attempt that took long in this run, however it ended: a task that was retried may be there more than once.
  public struct SlowTask: Hashable, Sendable {
    /// The task's id in the store.
    public var taskID: TaskID
    /// The task's name.
    public var name: String
    /// How long the attempt ran, as its cluster reported it.
    public var seconds: Double
    /// Makes a slow task; the time in seconds.
    public init(taskID: TaskID, name: String, seconds: Double) {
      self.taskID = taskID
      self.name = name
      self.seconds = seconds
    }
  }

  /// Makes a result; the times in seconds.
  public init(
    workflowID: WorkflowID, workflowRunID: WorkflowRunID?, name: String, workflowArgs: String, status: Status,
    tasksTotal: Int, tasksDone: Int, tasksPreviouslyDone: Int, tasksFatal: Int, tasksPending: Int,
    retries: Int,
    elapsedSeconds: Double, failedTasks: [FailedTask], reason: String?, slowestTasks: [SlowTask]
  ) {
    self.workflowID = workflowID
    self.workflowRunID = workflowRunID
    self.name = name
    self.workflowArgs = workflowArgs
    self.status = status
    self.tasksTotal = tasksTotal
    self.tasksDone = tasksDone
    self.tasksPreviouslyDone = tasksPreviouslyDone
    self.tasksFatal = tasksFatal
    self.tasksPending = tasksPending
    self.retries = retries
    self.elapsedSeconds = elapsedSeconds
    self.failedTasks = failedTasks
    self.reason = reason
    self.slowestTasks = slowestTasks
  }
}
