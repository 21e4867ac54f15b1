import JobmonModel

/// How a run ended.
public struct RunResult: Hashable, Sendable {
  public enum Status: String, Codable, Sendable {
    case done = "DONE"
    case error = "ERROR"
    case stopped = "STOPPED"
    case terminated = "TERMINATED"
  }

  public var workflowID: WorkflowID
  /// nil where nothing had to be run.
  public var workflowRunID: WorkflowRunID?
  public var name: String
  public var workflowArgs: String
  public var status: Status
  public var tasksTotal: Int
  public var tasksDone: Int
  /// Of those, the ones that earlier runs had done.
  public var tasksPreviouslyDone: Int
  public var tasksFatal: Int
  public var tasksPending: Int
  /// Retries in this run.
  public var retries: Int
  public var elapsedSeconds: Double
  /// At most 1,000.
  public var failedTasks: [FailedTask]
  /// Why the run ended as it did, where the counts do not say: time-out, interrupt, taken over by run N, ...
  public var reason: String?
  /// The slowest tasks of this run, slowest first, at most 5.
  public var slowestTasks: [SlowTask]

  public struct SlowTask: Hashable, Sendable {
    public var taskID: TaskID
    public var name: String
    public var seconds: Double
    public init(taskID: TaskID, name: String, seconds: Double) {
      self.taskID = taskID
      self.name = name
      self.seconds = seconds
    }
  }

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
