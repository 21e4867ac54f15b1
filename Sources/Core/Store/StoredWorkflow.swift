import JobmonModel

/// A workflow as a driver loads it.
public struct StoredWorkflow: Sendable {
  /// The workflow's own row.
  public var record: WorkflowRecord
  /// The definition as it was last bound; a task has the same index in the store.
  public var definition: WorkflowDefinition
  /// The id of the task with index 0; the others follow.
  public var firstTask: TaskID
  /// G, D or F where no instance is open (E and A are stored as such, too), by task index.
  public var statuses: [TaskStatus]
  /// Instances without an outcome, of earlier runs.
  public var openInstances: [OpenInstance]
  /// Tasks that are not done and whose last attempt ran out of a resource, with what it had asked for.
  public var resourceFailures: [ResourceFailure]
  /// Mean runtimes seen so far, by template (in this and other workflows).
  public var runtimes: [TemplateRuntime]
  /// Seconds that each task took in the last finished workflow of the same tool and name; negative where that is not known.
  /// Empty where there is none.
  public var taskRuntimes: [Float]

  /// A workflow from its parts. `statuses` has an entry for each task; so has `taskRuntimes`, or none at all.
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
