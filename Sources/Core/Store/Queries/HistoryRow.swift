/// One change of a workflow, a run, a task, a task instance or a limit.
public struct HistoryRow: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case workflow, task, limit
    case workflowRun = "workflow_run"
    case taskInstance = "task_instance"
  }

  /// Rises with every change in the store. The first changes of a task instance share that of the change before
  /// them: see ``SQLiteStore/history(of:limit:)``.
  public var seq: Int64
  public var time: Timestamp
  public var kind: Kind
  /// The id of the row that changed, by its kind; of a limit, the workflow's.
  public var id: Int64
  public var task: TaskID?
  public var taskName: String?
  /// The words that people see; of a limit, the numbers.
  public var from: String?
  public var to: String
  /// Who did it: `run 12`, or a user's name.
  public var by: String?
  /// Of an attempt that ended, and of what its task became: ``Cause/word``. Else why it was done.
  public var cause: String?
}
