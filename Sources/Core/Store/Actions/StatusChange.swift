import JobmonModel

/// What setting the status of tasks by hand changes.
public struct StatusChange: Hashable, Sendable {
  /// The workflow that all of ``tasks`` belong to.
  public var workflow: WorkflowID
  /// `done` or `registering`.
  public var to: TaskStatus
  /// The tasks that change, in order, as they are before.
  public var tasks: [TaskRow]
  /// The workflow's status before.
  public var workflowFrom: WorkflowStatus
  /// The workflow's status after; equal to ``workflowFrom`` where it stays.
  public var workflowTo: WorkflowStatus
}
