import JobmonModel

/// Everything that a report of a workflow shows, for all runs together. Times are milliseconds since 1970.
public struct WorkflowReport: Sendable {
  /// One run of the workflow.
  public struct Run: Sendable {
    /// The run's id in the store.
    public var id: WorkflowRunID
    /// How it ended; `running` if it has not ended.
    public var status: WorkflowRunStatus
    /// The name of the cluster with which it was started.
    public var cluster: String
    /// The name of the user who started it.
    public var user: String
    /// When it started (milliseconds since 1970).
    public var started: Int64
    /// When it ended (milliseconds since 1970); nil if it has not ended, or if its driver died.
    public var ended: Int64?
  }

  /// The requests and the usage of one template's attempts. Attempts that have not ended count until now.
  public struct Template: Sendable {
    /// The template's name.
    public var name: String
    /// The number of its tasks.
    public var tasks = 0
    /// The number of its DONE tasks.
    public var done = 0
    /// The number of its FATAL tasks.
    public var fatal = 0
    /// The number of retries of its tasks in all runs.
    public var retries = 0
    /// The maximum number of its tasks that may run at once; nil means no limit.
    public var limit: Int?
    /// Run times of the successful attempts, in seconds.
    public var runtime: TemplateUsage.Spread?
    /// Peak memory of the successful attempts, in bytes.
    public var memory: TemplateUsage.Spread?
    /// The smallest and the largest requested run time, in seconds.
    public var requestedRuntime: ClosedRange<Int64>?
    /// The smallest and the largest requested memory, in bytes.
    public var requestedMemory: ClosedRange<Int64>?
    /// Requested cores multiplied by run time in seconds, for all attempts whose processor time was measured.
    public var coreSeconds = 0.0
    /// Processor time of the attempts that ``coreSeconds`` includes, in seconds.
    public var cpuSeconds = 0.0
    /// Requested memory in bytes multiplied by run time in seconds, for all attempts with a request and a measured
    /// peak.
    public var requestedByteSeconds = 0.0
    /// Peak memory in bytes multiplied by run time in seconds, for the attempts that ``requestedByteSeconds`` includes.
    public var usedByteSeconds = 0.0
    /// Run time of the attempts that ended without success, in seconds.
    public var lostSeconds = 0.0
    /// The number of attempts that ended without success, by cause.
    public var causes: [String: Int] = [:]
  }

  /// One attempt on the timeline.
  public struct Attempt: Sendable {
    /// The index of its task in the workflow's definition.
    public var task: TaskIndex
    /// The index of its template in ``WorkflowReport/templates``.
    public var template: Int
    /// When the engine created it (milliseconds since 1970).
    public var created: Int64
    /// When its command started (milliseconds since 1970); nil if it has not started, or if the start was not observed.
    public var started: Int64?
    /// When it ended (milliseconds since 1970); nil if it has not ended.
    public var ended: Int64?
    /// Its stored status.
    public var status: TaskInstanceStatus
    /// The node on which it runs or ran; nil if it is not known.
    public var node: String?
    /// The attempt number, from 1 in each run.
    public var attempt: Int
    /// Peak memory in bytes; nil if it was not measured.
    public var peak: Int64?
  }

  /// A task of the chain that ended last. Each task waited for the one before it.
  public struct Link: Sendable {
    /// The task's id in the store.
    public var task: TaskID
    /// The task's name.
    public var name: String
    /// The index of its template in ``WorkflowReport/templates``.
    public var template: Int
    /// Milliseconds from the end of the previous task to the start of the task's last attempt. For the first task they
    /// begin with the start of the first run.
    public var waited: Int64
    /// Milliseconds from that start to the end.
    public var ran: Int64
  }

  /// The workflow's id in the store.
  public var id: WorkflowID
  /// The workflow's name.
  public var name: String
  /// The name of its tool.
  public var tool: String
  /// The version of the tool, as text.
  public var toolVersion: String
  /// With ``tool`` and ``toolVersion``, the workflow's key. It is unique among workflows that were not replaced.
  public var workflowArgs: String
  /// The description in the workflow's definition; nil if it has none.
  public var description: String?
  /// The status of the workflow.
  public var status: WorkflowStatus
  /// The state of its driver when this was read.
  public var driver = DriverState.none
  /// The name of the user who bound it.
  public var user: String
  /// When it was bound (milliseconds since 1970).
  public var created: Int64
  /// The maximum number of its tasks that may run at once; nil means no limit.
  public var limit: Int?
  /// When this was read, or the last sign of life of the driver if it has died. Nothing is known about later times.
  public var now: Int64
  /// All its runs, oldest first.
  public var runs: [Run]
  /// Its templates; other values refer to them by their index.
  public var templates: [Template]
  /// Pairs of templates, by index: tasks of the second wait for tasks of the first.
  public var edges: [(from: Int, to: Int)]
  /// The number of attempts. ``attempts`` contains all of them, or a selection: all that are not DONE, and every n-th
  /// of the others.
  public var attemptCount: Int
  /// Sorted by task, and then in the order in which they were created.
  public var attempts: [Attempt]
  /// The maximum number of attempts that ran at the same time, from each point in time to the next.
  public var concurrency: [(time: Int64, running: Int)]
  /// The chain from a task without upstreams to the task that ended last; at most its last 200 tasks.
  public var chain: [Link]
  /// The failures in groups, most frequent first. They may be from a moment before the other parts.
  public var errors: [ErrorGroup]
  /// The names of the tasks in ``attempts`` and ``chain``.
  public var taskNames: [TaskIndex: String]
  /// The id of the task with index 0. The id of a task is this id plus its index.
  public var firstTask: TaskID
}
