import JobmonModel

/// Everything that a report of a workflow shows: all runs together. Times are milliseconds since 1970.
public struct WorkflowReport: Sendable {
  public struct Run: Sendable {
    public var id: WorkflowRunID
    public var status: WorkflowRunStatus
    public var cluster: String
    public var user: String
    public var started: Int64
    public var ended: Int64?
  }

  /// What the attempts of one template asked for and used. An attempt that is not over counts until now.
  public struct Template: Sendable {
    public var name: String
    public var tasks = 0
    public var done = 0
    public var fatal = 0
    public var retries = 0
    /// The most of its tasks that may run at once.
    public var limit: Int?
    /// Of attempts that were successful: seconds, and bytes.
    public var runtime: TemplateUsage.Spread?
    public var memory: TemplateUsage.Spread?
    /// The least and the most that attempts asked for: seconds, and bytes.
    public var requestedRuntime: ClosedRange<Int64>?
    public var requestedMemory: ClosedRange<Int64>?
    /// Core seconds and processor seconds of all attempts whose processor time was measured.
    public var coreSeconds = 0.0
    public var cpuSeconds = 0.0
    /// Bytes times seconds, asked for and used at the peak, of attempts for which both are known.
    public var requestedByteSeconds = 0.0
    public var usedByteSeconds = 0.0
    /// Seconds that attempts ran which did not succeed.
    public var lostSeconds = 0.0
    /// Failed attempts by cause.
    public var causes: [String: Int] = [:]
  }

  /// One attempt, as the timeline shows it.
  public struct Attempt: Sendable {
    public var task: TaskIndex
    public var template: Int
    public var created: Int64
    public var started: Int64?
    public var ended: Int64?
    public var status: TaskInstanceStatus
    public var node: String?
    /// Counted from 1 in its run.
    public var attempt: Int
    /// Bytes.
    public var peak: Int64?
  }

  /// A task of the chain that ended last: each one waited for the one before it.
  public struct Link: Sendable {
    public var task: TaskID
    public var name: String
    public var template: Int
    /// Milliseconds from the end of the one before it (else the first start of a run) to the last start, and from there to
    /// its end.
    public var waited: Int64
    public var ran: Int64
  }

  public var id: WorkflowID
  public var name: String
  public var tool: String
  public var toolVersion: String
  public var workflowArgs: String
  public var description: String?
  public var status: WorkflowStatus
  public var driver = DriverState.none
  public var user: String
  public var created: Int64
  public var limit: Int?
  /// When this was read; where the driver has died, when it was last heard of: nothing is known of later.
  public var now: Int64
  public var runs: [Run]
  public var templates: [Template]
  /// Pairs of templates, by place: tasks of the second wait for tasks of the first.
  public var edges: [(from: Int, to: Int)]
  /// How many attempts there were. ``attempts`` are all of them, or a choice: every failed one, and of the others every
  /// n-th.
  public var attemptCount: Int
  public var attempts: [Attempt]
  /// The most attempts that ran at the same time, from each point in time to the next.
  public var concurrency: [(time: Int64, running: Int)]
  public var chain: [Link]
  public var errors: [ErrorGroup]
  /// Names of the tasks of ``attempts``.
  public var taskNames: [TaskIndex: String]
  public var firstTask: TaskID
}
