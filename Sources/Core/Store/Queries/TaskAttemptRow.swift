import JobmonModel

/// A task with one of its attempts; a task that never had one stands alone.
public struct TaskAttemptRow: Hashable, Sendable {
  /// The task as people see it now.
  public var task: TaskRow
  /// The workflow that the task belongs to.
  public var workflow: WorkflowID
  /// nil where the task never had an attempt.
  public var attempt: AttemptRow?
}
