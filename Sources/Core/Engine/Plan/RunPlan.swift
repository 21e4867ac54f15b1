import JobmonExecution
import JobmonModel
import JobmonStore

/// What a run would do, found out without running or writing anything (``RunPlanner``).
public struct RunPlan: Sendable {
  /// Tasks of one template that ask for the same.
  public struct Share: Hashable, Sendable {
    /// The template's name.
    public var template: String
    /// How many tasks there are of it with this request.
    public var tasks: Int
    /// How many of them are done and would not run.
    public var done: Int
    /// The name of the cluster that they would go to.
    public var cluster: String
    /// What each of them would ask for, after precedence and as the cluster coerced it; as the definition has it where
    /// the cluster was not asked.
    public var request: ResourceRequest
    /// Attempts for failures of the command or of its resources.
    public var maxAttempts: Int
    /// Of ready tasks those with the highest priority start first; 0 where nothing says otherwise.
    public var priority: Int
    /// The most tasks of the template at a time; nil: no limit.
    public var limit: Int?
    /// The name of the first task that would run; of the first one where none would.
    public var example: String
    /// The command of that task.
    public var command: String

    /// How many of the tasks would run.
    public var toRun: Int { tasks - done }
  }

  /// The workflow in the store; nil where it is not stored.
  public var workflowID: WorkflowID?
  /// The workflow's name.
  public var name: String
  /// nil: a fresh one would be made.
  public var workflowArgs: String?
  /// All tasks of the workflow, done or not.
  public var tasksTotal: Int
  /// Tasks that were done by earlier runs and would not run again. Where the run is refused: if it were resumed, or its
  /// changes were accepted.
  public var tasksPreviouslyDone: Int
  /// All tasks by template and request, in the order of the templates.
  public var shares: [Share]
  /// Tasks on the longest chain of tasks that wait for each other.
  public var criticalPath: Int
  /// Where the commands would run.
  public var folder: String
  /// The most tasks of the workflow at a time; nil: no limit.
  public var limit: Int?
  /// Where the workflow is stored with other tasks, or other op_args: what has changed, and what becomes of the tasks.
  public var changes: ChangePlan.Difference?
  /// The run that would be asked to hand the workflow over: which one, who, where, and since when.
  public var asksToHandOver: String?
  /// What may not be meant as it is written.
  public var warnings: [String]
  /// Why the run would be refused; nil where it would not.
  public var refusal: RunRefusal?

  /// How many tasks would run.
  public var tasksToRun: Int { tasksTotal - tasksPreviouslyDone }
}
