import JobmonModel
import JobmonStore

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
  /// The same, with what a person can do about it.
  func noticed(_ text: String, advice: Advice)
  /// An interrupt has come: nothing new starts.
  func interrupted(_ interruption: RunInterruption)
  /// Whether ``changed(_:)`` is to be called: making the events costs time.
  var wantsEvents: Bool { get }
}

extension RunObserver {
  /// Gives notice with the advice in words that name no program.
  public func noticed(_ text: String, advice: Advice) { noticed(advice.appended(to: text)) }

  /// Gives notice of what failed and does not end the run.
  func noticed(_ reason: some RefusalReason) {
    if let advice = reason.advice { noticed(reason.message, advice: advice) } else { noticed(reason.message) }
  }
}

/// What is known of a run before its first task starts.
public struct RunStart: Hashable, Sendable {
  /// The workflow's id in the store.
  public var workflowID: WorkflowID
  /// The run's id in the store.
  public var workflowRunID: WorkflowRunID
  /// The workflow's name.
  public var name: String
  /// What tells the workflow from others of its tool; made where the definition gave none.
  public var workflowArgs: String
  /// All tasks of the workflow.
  public var tasksTotal: Int
  /// Of those, the ones that earlier runs had done.
  public var tasksPreviouslyDone: Int
  /// Template names, in the order of ``RunProgress/templates``.
  public var templates: [String]
  /// Where the commands run.
  public var folder: String

  /// Makes what observers are told at the start of a run.
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
