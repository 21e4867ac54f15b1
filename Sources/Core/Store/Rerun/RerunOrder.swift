import JobmonModel

/// Tasks that a user wants to rerun, and the resources that they request then.
public struct RerunOrder: Hashable, Sendable {
  /// The workflow of all the tasks.
  public var workflow: WorkflowID
  /// The tasks. All tasks downstream of them are rerun, too.
  public var tasks: [TaskID]
  /// The new memory of ``tasks``, not of the tasks downstream; nil leaves it as it is.
  public var memory: ResourceChange?
  /// The new run time of ``tasks``; nil leaves it as it is.
  public var runtime: ResourceChange?

  /// A rerun of `tasks`; without `memory` and `runtime` their requests stay as they are.
  public init(
    workflow: WorkflowID, tasks: [TaskID], memory: ResourceChange? = nil, runtime: ResourceChange? = nil
  ) {
    self.workflow = workflow
    self.tasks = tasks
    self.memory = memory
    self.runtime = runtime
  }
}

/// Resources that a task requests instead of those of its definition; nil keeps the value of the definition.
public struct ResourceOverride: Hashable, Codable, Sendable {
  /// The task, by its index in the workflow.
  public var task: TaskIndex
  /// Bytes.
  public var memory: Int64?
  /// Seconds.
  public var runtime: Int64?

  /// The override of one task.
  public init(task: TaskIndex, memory: Int64? = nil, runtime: Int64? = nil) {
    self.task = task
    self.memory = memory
    self.runtime = runtime
  }
}

/// The effect of a rerun, before it is carried out.
public struct RerunPreview: Sendable {
  /// The workflow of all the tasks.
  public var workflow: WorkflowID
  /// All tasks that would be rerun, including those downstream, in order, with their present state.
  public var tasks: [TaskRow]
  /// The tasks of these that would request other resources than before.
  public var overrides: [ResourceOverride]
  /// The id of the task with index 0.
  public var firstTask: TaskID

  /// The number of DONE tasks that would be rerun.
  public var doneCount: Int { tasks.count { $0.status == .done } }
}
