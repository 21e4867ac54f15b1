import JobmonModel

/// How a run ended.
public struct RunResult: Hashable, Sendable {
  /// The status of the run. The raw values are shown to users and written to JSON.
  public enum Status: String, Codable, Sendable {
    /// All tasks of the workflow are done.
    case done = "DONE"
    /// The run ended with tasks that are not done: some are FATAL, or it ended by fail-fast or a time-out.
    case error = "ERROR"
    /// The run was stopped by a signal, or by a request in the store.
    case stopped = "STOPPED"
    /// Another run has taken over the workflow.
    case terminated = "TERMINATED"
  }

  /// The workflow's id in the store.
  public var workflowID: WorkflowID
  /// nil if nothing had to be run.
  public var workflowRunID: WorkflowRunID?
  /// The workflow's name.
  public var name: String
  /// Distinguishes the workflow from others of its tool.
  public var workflowArgs: String
  /// How the run ended.
  public var status: Status
  /// Number of tasks of the workflow.
  public var tasksTotal: Int
  /// Number of DONE tasks, including those of earlier runs.
  public var tasksDone: Int
  /// Number of tasks that earlier runs had done.
  public var tasksPreviouslyDone: Int
  /// Number of tasks that failed permanently, or could not start.
  public var tasksFatal: Int
  /// Number of other tasks: neither DONE nor FATAL.
  public var tasksPending: Int
  /// Retries in this run.
  public var retries: Int
  /// Seconds from the start of the run to its end, by the monotonic clock.
  public var elapsedSeconds: Double
  /// The failed tasks, at most 1,000.
  public var failedTasks: [FailedTask]
  /// Why the run ended, if the counts do not show it: time-out, interrupt, taken over by run N, ...
  public var reason: String?
  /// The slowest tasks of this run, slowest first, at most 5.
  public var slowestTasks: [SlowTask]

  /// A long attempt of this run, whatever its outcome. A retried task may occur more than once.
  public struct SlowTask: Hashable, Sendable {
    /// The task's id in the store.
    public var taskID: TaskID
    /// The task's name.
    public var name: String
    /// How long the attempt ran, as its cluster reported it.
    public var seconds: Double
    /// Creates a slow task; the time is in seconds.
    public init(taskID: TaskID, name: String, seconds: Double) {
      self.taskID = taskID
      self.name = name
      self.seconds = seconds
    }
  }

  /// Creates a result; the times are in seconds.
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
