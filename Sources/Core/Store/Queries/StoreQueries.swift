import JobmonModel

/// Queries of a store. They never change it.
///
/// Each call sees the state of the store at its beginning; two calls may see two states. Lists consist of rows that
/// define their own columns and JSON keys (``ListedRow``), so that all programs, pages and servers show the same.
///
/// Calls may be made from any thread. Calls on the same connection wait for each other. Threads that must not wait need
/// a connection each (``SQLiteStore/reader()``).
///
/// Times are UTC. Every call throws ``StoreError``; ``StoreError/notFound(_:)`` if a given id does not exist.
public protocol StoreQueries: Sendable {
  /// The store's UUID, lower case.
  var id: String { get }

  // MARK: Workflows

  /// Workflows with the counts of their tasks, newest first.
  func workflows(_ filter: WorkflowFilter) throws -> [WorkflowRow]

  /// The number of workflows that match a filter, without its limit.
  func workflowCount(_ filter: WorkflowFilter) throws -> Int

  /// The tasks of a workflow, sorted by id.
  func tasks(of workflow: WorkflowID, _ filter: TaskFilter) throws -> [WorkflowTaskRow]

  /// The tasks of a workflow with the results of their last attempts.
  ///
  /// - Parameters:
  ///   - sort: nil sorts by id.
  ///   - withCommands: whether ``TaskListRow/command`` is set.
  func taskList(of workflow: WorkflowID, _ filter: TaskFilter, sort: TaskSort?, withCommands: Bool) throws
    -> [TaskListRow]

  /// The number of tasks that match a filter, without its limit.
  func taskCount(of workflow: WorkflowID, _ filter: TaskFilter) throws -> Int

  /// The runs of a workflow, newest first.
  ///
  /// - Parameter limit: maximum number of rows; nil means all.
  func runs(of workflow: WorkflowID, limit: Int?) throws -> [RunRow]

  /// The state of the workflow's driver now.
  func driver(of workflow: WorkflowID) throws -> DriverState

  /// The failures of a workflow in groups, most frequent first. Reads the ends of log files.
  ///
  /// - Parameter limit: maximum number of groups; nil means all.
  func errors(of workflow: WorkflowID, limit: Int?) throws -> [ErrorGroup]

  /// The state of a workflow, and then why its tasks are not running.
  ///
  /// - Parameter limit: maximum number of tasks; nil means all.
  func explain(workflow: WorkflowID, limit: Int?) throws -> [Explanation]

  /// The number of tasks in ``explain(workflow:limit:)`` without a limit.
  func explainCount(workflow: WorkflowID) throws -> Int

  /// What a workflow is waiting for if nothing changes; nil if there is nothing to wait for.
  func standstill(of workflow: WorkflowID) throws -> Standstill?

  /// Everything that a report of a workflow shows. Reads the ends of log files. The errors may be from a moment before
  /// the other parts.
  ///
  /// - Parameters:
  ///   - mostAttempts: if there are more attempts, only a selection is returned.
  ///   - mostErrors: maximum number of error groups.
  func report(of workflow: WorkflowID, mostAttempts: Int, mostErrors: Int) throws -> WorkflowReport

  /// The log files of a workflow's task instances, sorted by task and attempt.
  ///
  /// - Parameters:
  ///   - array: a template's name; `*` and `?` are wildcards, as in file names.
  ///   - job: a task's name with the same wildcards, or the cluster's id of an instance.
  ///   - limit: maximum number of rows; nil means all.
  func filePaths(of workflow: WorkflowID, array: String?, job: String?, limit: Int?) throws -> [FilePathRow]

  /// The number of rows of ``filePaths(of:array:job:limit:)`` without a limit.
  func filePathCount(of workflow: WorkflowID, array: String?, job: String?) throws -> Int

  /// The log files of a workflow's `on_finish`, for the newest run that has any; nil if no run has any.
  func finishLogs(of workflow: WorkflowID) throws -> FinishLogs?

  // MARK: Tasks

  /// The workflow of a task.
  func workflow(of task: TaskID) throws -> WorkflowID

  /// All attempts of these tasks as rows of a list, oldest first, task by task in the given order.
  ///
  /// - Parameter words: only tasks with these displayed statuses; empty means all.
  func taskStatus(of tasks: [TaskID], words: Set<TaskWord>) throws -> [TaskStatusRow]

  /// All attempts of these tasks with everything that is stored about them, in the same order.
  func attempts(of tasks: [TaskID], words: Set<TaskWord>) throws -> [TaskAttemptRow]

  /// The last attempt of each task of a workflow, sorted by task. Tasks without an attempt are omitted.
  ///
  /// - Parameter limit: maximum number of tasks; nil means all.
  func latestAttempts(of workflow: WorkflowID, limit: Int?) throws -> [TaskAttemptRow]

  /// Everything about a task on one page.
  func taskCard(_ task: TaskID) throws -> TaskCard

  /// The attributes of a task, sorted by name: those of its definition, and those that its command wrote.
  ///
  /// - Parameter name: `*` and `?` are wildcards, as in file names; nil means all.
  func attributes(ofTask task: TaskID, name: String?) throws -> [AttributeRow]

  /// The attributes of a workflow, followed by those of its tasks.
  ///
  /// - Parameter name: `*` and `?` are wildcards, as in file names; nil means all.
  func attributes(of workflow: WorkflowID, name: String?) throws -> [AttributeRow]

  /// The direct upstreams of a task, followed by its direct downstreams.
  func dependencies(of task: TaskID) throws -> [DependencyRow]

  /// Why a task is not running.
  func explain(task: TaskID) throws -> Explanation

  // MARK: Resources

  /// The resource usage of successful instances by template version.
  func usage(_ filter: UsageFilter) throws -> [TemplateUsage]

  /// The distinct requests of a workflow's attempts, by cluster.
  func requests(of workflow: WorkflowID) throws -> [String: [ResourceRequest]]

  // MARK: Changes

  /// All changes of a workflow, oldest first.
  ///
  /// - Parameter limit: maximum number of rows, the newest ones; nil means all.
  func history(of workflow: WorkflowID, limit: Int?) throws -> [HistoryRow]

  /// All changes of a task and its attempts, oldest first.
  ///
  /// - Parameter limit: maximum number of rows, the newest ones; nil means all.
  func history(ofTask task: TaskID, limit: Int?) throws -> [HistoryRow]

  /// An upper bound of the number of rows of ``history(of:limit:)`` without a limit.
  func historyCount(of workflow: WorkflowID) throws -> Int

  /// The changes after a number of the feed, oldest first. To continue reading, pass the ``Change/lastSeq`` of the last
  /// change: no change is missed.
  ///
  /// - Parameters:
  ///   - seq: 0 for all changes.
  ///   - workflow: nil for all workflows.
  ///   - limit: the minimum number of changes to read, if there are as many; nil means all.
  func changes(after seq: Int64, of workflow: WorkflowID?, limit: Int?) throws -> [Change]

  /// The number of the last change in the store; 0 if there is none.
  func lastSeq() throws -> Int64

  /// Changes with every commit of another connection. The cheapest check for new changes.
  func dataVersion() throws -> Int64
}

extension StoreQueries {
  /// The resource usage of successful instances by template version, as rows of a list.
  public func templateResources(_ filter: UsageFilter) throws -> [TemplateResourcesRow] {
    try usage(filter).map(TemplateResourcesRow.init)
  }
}

extension SQLiteStore: StoreQueries {
  /// Opens another connection to the same database, for reading only. It sees every commit at once. It does not wait
  /// for this connection, nor does this connection wait for it. A server uses one for each thread that answers
  /// requests.
  ///
  /// - Throws: ``StoreError/gone(path:)`` if the file was removed or replaced since it was opened; ``StoreError``.
  public func reader() throws -> any StoreQueries {
    var options = options
    options.readOnly = true
    let reader = try SQLiteStore(path: path, options: options)
    try requireInPlace()
    return reader
  }
}
