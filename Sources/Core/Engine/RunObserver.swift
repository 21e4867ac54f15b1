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
