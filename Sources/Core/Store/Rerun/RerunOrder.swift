import JobmonModel

/// Tasks that a person wants to run again, with what they are to ask for.
public struct RerunOrder: Hashable, Sendable {
  /// The workflow of all the tasks.
  public var workflow: WorkflowID
  /// All tasks downstream of them run again, too.
  public var tasks: [TaskID]
  /// What these tasks are to have, not those downstream; nil: what they would have had.
  public var memory: ResourceChange?
  /// The same, of their run time.
  public var runtime: ResourceChange?

  /// An order as a person has given it.
  public init(
    workflow: WorkflowID, tasks: [TaskID], memory: ResourceChange? = nil, runtime: ResourceChange? = nil
  ) {
    self.workflow = workflow
    self.tasks = tasks
    self.memory = memory
    self.runtime = runtime
  }
}

/// What a task asks for instead of what its definition says; nil is what that says.
public struct OwnRequest: Hashable, Codable, Sendable {
  /// The task, by its index in the workflow.
  public var task: TaskIndex
  /// Bytes.
  public var memory: Int64?
  /// Seconds.
  public var runtime: Int64?

  /// A request of one task.
  public init(task: TaskIndex, memory: Int64? = nil, runtime: Int64? = nil) {
    self.task = task
    self.memory = memory
    self.runtime = runtime
  }
}

/// What a rerun does, before it is done.
public struct RerunPreview: Sendable {
  /// The workflow of all the tasks.
  public var workflow: WorkflowID
  /// The tasks that run again, those downstream included, in order, as they are before.
  public var tasks: [TaskRow]
  /// Those of them that ask for something else than before.
  public var requests: [OwnRequest]
  /// The id of the task with index 0.
  public var firstTask: TaskID

  /// Tasks whose results would be made anew.
  public var doneCount: Int { tasks.count { $0.status == .done } }
}
