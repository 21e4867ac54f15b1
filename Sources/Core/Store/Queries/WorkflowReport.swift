import JobmonModel

/// Everything that a report of a workflow shows: all runs together. Times are milliseconds since 1970.
public struct WorkflowReport: Sendable {
  /// One run of the workflow.
  public struct Run: Sendable {
    /// The run's key in the store.
    public var id: WorkflowRunID
    /// How it ended; `running` while it has not.
    public var status: WorkflowRunStatus
    /// The name of the cluster that it used where a task names none.
    public var cluster: String
    /// Who started it: a login name.
    public var user: String
    /// When its driver took the workflow (milliseconds since 1970).
    public var started: Int64
    /// When it ended (milliseconds since 1970); nil while it has not, or where its driver died.
    public var ended: Int64?
  }

  /// What the attempts of one template asked for and used. An attempt that is not over counts until now.
  public struct Template: Sendable {
    /// The template's name.
    public var name: String
    /// How many tasks were made from it.
    public var tasks = 0
    /// How many of its tasks are DONE.
    public var done = 0
    /// How many of its tasks are FATAL.
    public var fatal = 0
    /// Retries of its tasks in all runs.
    public var retries = 0
    /// The most of its tasks that may run at once.
    public var limit: Int?
    /// Of attempts that were successful: seconds, and bytes.
    public var runtime: TemplateUsage.Spread?
    /// Bytes at the peak, of attempts that were successful.
    public var memory: TemplateUsage.Spread?
    /// The least and the most that attempts asked for: seconds, and bytes.
    public var requestedRuntime: ClosedRange<Int64>?
    /// Bytes, the least and the most that attempts asked for.
    public var requestedMemory: ClosedRange<Int64>?
    /// Core seconds and processor seconds of all attempts whose processor time was measured.
    public var coreSeconds = 0.0
    /// Processor seconds of the attempts that ``coreSeconds`` counts.
    public var cpuSeconds = 0.0
    /// Bytes times seconds, asked for and used at the peak, of attempts for which both are known.
    public var requestedByteSeconds = 0.0
    /// Bytes used at the peak times seconds, of the attempts that ``requestedByteSeconds`` counts.
    public var usedByteSeconds = 0.0
    /// Seconds that attempts ran which did not succeed.
    public var lostSeconds = 0.0
    /// Failed attempts by cause.
    public var causes: [String: Int] = [:]
  }

  /// One attempt, as the timeline shows it.
  public struct Attempt: Sendable {
    /// The index of its task in the workflow's definition, from 0.
    public var task: TaskIndex
    /// The index of its template in ``WorkflowReport/templates``.
    public var template: Int
    /// When the engine made it (milliseconds since 1970).
    public var created: Int64
    /// When its command started (milliseconds since 1970); nil where it has not, or nobody saw it start.
    public var started: Int64?
    /// When it ended (milliseconds since 1970); nil while it has not.
    public var ended: Int64?
    /// Its state as it is stored.
    public var status: TaskInstanceStatus
    /// The node that it runs or ran on; nil where that is not known.
    public var node: String?
    /// Counted from 1 in its run.
    public var attempt: Int
    /// Bytes.
    public var peak: Int64?
  }

  /// A task of the chain that ended last: each one waited for the one before it.
  public struct Link: Sendable {
    /// The task's key in the store.
    public var task: TaskID
    /// The task's name.
    public var name: String
    /// The index of its template in ``WorkflowReport/templates``.
    public var template: Int
    /// Milliseconds from the end of the one before it (else the first start of a run) to the last start, and from there to
    /// its end.
    public var waited: Int64
    /// Milliseconds from the last start to the end.
    public var ran: Int64
  }

  /// The workflow's key in the store.
  public var id: WorkflowID
  /// The workflow's name.
  public var name: String
  /// The name of the tool that it belongs to.
  public var tool: String
  /// The version of the tool, as text.
  public var toolVersion: String
  /// With ``tool`` and ``toolVersion`` the workflow's key among those that were not replaced.
  public var workflowArgs: String
  /// What the workflow is for, in a person's words; nil where nobody said.
  public var description: String?
  /// Where the workflow is in its life.
  public var status: WorkflowStatus
  /// Whether it was driven when this was read.
  public var driver = DriverState.none
  /// Who bound it: a login name.
  public var user: String
  /// When it was bound (milliseconds since 1970).
  public var created: Int64
  /// The most of its tasks that may run at once; nil is no limit.
  public var limit: Int?
  /// When this was read; where the driver has died, when it was last heard of: nothing is known of later.
  public var now: Int64
  /// All its runs, oldest first.
  public var runs: [Run]
  /// Its templates; other fields name them by their index here, from 0.
  public var templates: [Template]
  /// Pairs of templates, by index: tasks of the second wait for tasks of the first.
  public var edges: [(from: Int, to: Int)]
  /// How many attempts there were. ``attempts`` are all of them, or a choice: every failed one, and of the others every
  /// n-th.
  public var attemptCount: Int
  /// By task and then in the order in which they were made; ``attemptCount`` says which are left out.
  public var attempts: [Attempt]
  /// The most attempts that ran at the same time, from each point in time to the next.
  public var concurrency: [(time: Int64, running: Int)]
  /// From the task that waited for nothing to the one that ended last; at most the last 200.
  public var chain: [Link]
  /// What went wrong, most frequent first; it may be of a moment before the rest.
  public var errors: [ErrorGroup]
  /// Names of the tasks of ``attempts``.
  public var taskNames: [TaskIndex: String]
  /// The id of the task with index 0: a task's id is this plus its index.
  public var firstTask: TaskID
}
