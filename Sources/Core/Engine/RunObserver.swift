import JobmonModel
import JobmonStore

/// Observes a run. Called on the driver's thread: every call must return at once.
public protocol RunObserver: Sendable {
  /// The workflow is stored and this run holds its lease.
  func began(_ start: RunStart)
  /// A snapshot after each turn that changed anything; cheap, because it contains only counts.
  func progressed(_ progress: RunProgress)
  /// An attempt failed; `willRetry` tells whether the task will be retried.
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool)
  /// Committed status changes; called only if ``wantsEvents`` is true.
  func changed(_ events: [StatusEvent])
  /// One line for the user: a changed request, a cluster's warning, what is still running after an interrupt.
  func noticed(_ text: String)
  /// The same, with advice for the user.
  func noticed(_ text: String, advice: Advice)
  /// An interrupt was received: nothing new starts.
  func interrupted(_ interruption: RunInterruption)
  /// Whether to call ``changed(_:)``; creating the events costs time.
  var wantsEvents: Bool { get }
}

extension RunObserver {
  /// Forwards a notice with its advice in words that name no program.
  public func noticed(_ text: String, advice: Advice) { noticed(advice.appended(to: text)) }

  /// Reports a failure that does not end the run.
  func noticed(_ reason: some RefusalReason) {
    if let advice = reason.advice { noticed(reason.message, advice: advice) } else { noticed(reason.message) }
  }
}

/// What is known about a run before its first task starts.
public struct RunStart: Hashable, Sendable {
  /// The workflow's id in the store.
  public var workflowID: WorkflowID
  /// The run's id in the store.
  public var workflowRunID: WorkflowRunID
  /// The workflow's name.
  public var name: String
  /// Distinguishes the workflow from others of its tool; generated if the definition gave none.
  public var workflowArgs: String
  /// Number of tasks of the workflow.
  public var tasksTotal: Int
  /// Number of tasks that earlier runs had done.
  public var tasksPreviouslyDone: Int
  /// Template names, in the order of ``RunProgress/templates``.
  public var templates: [String]
  /// The working directory of the commands.
  public var folder: String

  /// Creates the description of a run's start for observers.
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
