import JobmonModel

/// A task with one of its attempts, or a task without an attempt.
public struct TaskAttemptRow: Hashable, Sendable {
  /// The task with its displayed status now.
  public var task: TaskRow
  /// The workflow of the task.
  public var workflow: WorkflowID
  /// nil if the task has no attempt.
  public var attempt: AttemptRow?
}
