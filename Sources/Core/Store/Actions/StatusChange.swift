import JobmonModel

/// The effect of a change of tasks' statuses by the user.
public struct StatusChange: Hashable, Sendable {
  /// The workflow of all ``tasks``.
  public var workflow: WorkflowID
  /// The new status: `done` or `registering`.
  public var to: TaskStatus
  /// The tasks that change, in order, with their previous state.
  public var tasks: [TaskRow]
  /// The workflow's previous status.
  public var workflowFrom: WorkflowStatus
  /// The workflow's new status; equal to ``workflowFrom`` if it does not change.
  public var workflowTo: WorkflowStatus
}
