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

/// A task that is FATAL at the end of a run, or the failure of an attempt as it happens.
public struct FailedTask: Hashable, Codable, Sendable {
  public var taskID: TaskID
  public var name: String
  /// Attempts in this run.
  public var attempts: Int
  /// Why, in words.
  public var reason: String
  /// ``Cause/word``; nil where there was no attempt.
  public var cause: String?
  public var exitCode: Int?
  public var signal: Int?
  /// Paths of the last attempt's log files; nil where there was no attempt, or where it could not be started and has none.
  public var stdout: String?
  public var stderr: String?
  /// The last lines of the standard error file.
  public var stderrTail: String?
  /// What was run.
  public var command: String?

  public init(
    taskID: TaskID, name: String, attempts: Int, reason: String, cause: String?, exitCode: Int?, signal: Int?,
    stdout: String?, stderr: String?, stderrTail: String?, command: String? = nil
  ) {
    self.taskID = taskID
    self.name = name
    self.attempts = attempts
    self.reason = reason
    self.cause = cause
    self.exitCode = exitCode
    self.signal = signal
    self.stdout = stdout
    self.stderr = stderr
    self.stderrTail = stderrTail
    self.command = command
  }
}

/// Why a run was not started. The code is the contract's; the message says what to do.
public struct RunRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Codable, CaseIterable, Sendable {
    case invalidFile = "invalid_file"
    case invalidUsage = "invalid_usage"
    case notFound = "not_found"
    case workflowExists = "workflow_exists"
    case workflowDone = "workflow_done"
    case workflowDiffers = "workflow_differs"
    case workflowElsewhere = "workflow_elsewhere"
    case workflowHeld = "workflow_held"
    case notResumable = "not_resumable"
    case unknownCluster = "unknown_cluster"
    case clusterUnavailable = "cluster_unavailable"
    case storeUnavailable = "store_unavailable"

    /// The exit status that goes with it.
    public var exitCode: Int32 {
      switch self {
      case .invalidFile, .invalidUsage, .notFound, .unknownCluster: 2
      case .workflowExists, .workflowDone, .workflowDiffers, .workflowElsewhere, .workflowHeld, .notResumable:
        3
      case .clusterUnavailable: 4
      case .storeUnavailable: 1
      }
    }
  }

  public var code: Code
  public var message: String
  public var workflowID: WorkflowID?
  public var file: String?
  public var line: Int?
  public var column: Int?

  public init(
    _ code: Code, _ message: String, workflowID: WorkflowID? = nil, file: String? = nil, line: Int? = nil,
    column: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.workflowID = workflowID
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column: message`, as far as the place is known.
  public var description: String {
    guard let file else { return message }
    return ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": "
      + message
  }
}
