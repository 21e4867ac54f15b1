import JobmonModel

/// A workflow as a driver loads it.
public struct StoredWorkflow: Sendable {
  /// The workflow's row.
  public var record: WorkflowRecord
  /// The definition as last bound. Each task has the same index in the store.
  public var definition: WorkflowDefinition
  /// The id of the task with index 0. The ids of the other tasks follow.
  public var firstTask: TaskID
  /// The stored statuses by task index: G, D, E, A or F. They do not depend on open instances.
  public var statuses: [TaskStatus]
  /// Instances of earlier runs without a recorded end.
  public var openInstances: [OpenInstance]
  /// Tasks that are not DONE and whose last attempt ran out of a resource, with its request.
  public var resourceFailures: [ResourceFailure]
  /// Mean run times by template, measured in this and other workflows.
  public var runtimes: [TemplateRuntime]
  /// Run time in seconds of each task in the last DONE workflow of the same tool and name; negative if unknown. Empty
  /// if there is no such workflow, or at most one task is not DONE.
  public var taskRuntimes: [Float]

  /// A workflow with these parts. `statuses` has an entry for each task; `taskRuntimes` has one for each task or is
  /// empty.
  public init(
    record: WorkflowRecord, definition: WorkflowDefinition, firstTask: TaskID, statuses: [TaskStatus],
    openInstances: [OpenInstance], resourceFailures: [ResourceFailure], runtimes: [TemplateRuntime],
    taskRuntimes: [Float] = []
  ) {
    self.record = record
    self.definition = definition
    self.firstTask = firstTask
    self.statuses = statuses
    self.openInstances = openInstances
    self.resourceFailures = resourceFailures
    self.runtimes = runtimes
    self.taskRuntimes = taskRuntimes
  }
}
