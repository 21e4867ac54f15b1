import JobmonExecution
import JobmonModel
import JobmonStore

/// What a run would do, determined without running or writing anything (``RunPlanner``).
public struct RunPlan: Sendable {
  /// Tasks of one template with the same request.
  public struct Share: Hashable, Sendable {
    /// The template's name.
    public var template: String
    /// The number of its tasks with this request.
    public var tasks: Int
    /// The number of them that are done and would not run.
    public var done: Int
    /// The name of the cluster that they would use.
    public var cluster: String
    /// The request of each task, after precedence and as changed by the cluster; as in the definition if the cluster
    /// was not asked.
    public var request: ResourceRequest
    /// Maximum number of attempts for failures of the command or of its resources.
    public var maxAttempts: Int
    /// Ready tasks with the highest priority start first; 0 by default.
    public var priority: Int
    /// The maximum number of tasks of the template at a time; nil is no limit.
    public var limit: Int?
    /// The name of the first task that would run; of the first task if none would.
    public var example: String
    /// The command of that task.
    public var command: String

    /// The number of tasks that would run.
    public var toRun: Int { tasks - done }
  }

  /// The workflow's id; nil if it is not stored.
  public var workflowID: WorkflowID?
  /// The workflow's name.
  public var name: String
  /// The workflow_args; nil if new ones would be made.
  public var workflowArgs: String?
  /// All tasks of the workflow, done or not.
  public var tasksTotal: Int
  /// Tasks that earlier runs have done and that would not run again. If the run is refused: after a resume, or with the
  /// changes accepted.
  public var tasksPreviouslyDone: Int
  /// All tasks by template and request, in the order of the templates.
  public var shares: [Share]
  /// The number of tasks on the longest chain of dependencies.
  public var criticalPath: Int
  /// The working directory of the commands.
  public var folder: String
  /// The maximum number of the workflow's tasks at a time; nil is no limit.
  public var limit: Int?
  /// What has changed and what becomes of the tasks, if the workflow is stored with other tasks or other op_args.
  public var changes: ChangePlan.Difference?
  /// The run that would be asked to hand over the workflow: its id, user, host and start.
  public var asksToHandOver: String?
  /// Warnings about settings that may be mistakes.
  public var warnings: [String]
  /// Why the run would be refused; nil if it would not.
  public var refusal: RunRefusal?

  /// The number of tasks that would run.
  public var tasksToRun: Int { tasksTotal - tasksPreviouslyDone }
}
