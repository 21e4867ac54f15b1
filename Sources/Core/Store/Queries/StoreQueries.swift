import JobmonModel

/// What can be asked of a store. Nothing here changes it.
///
/// Each call sees one state of the store, that of its beginning; two calls may see two. What lists show is in rows that say
/// their own columns and JSON keys (``ListedRow``), so that every program, page and server shows the same.
///
/// Calls may be made from any thread. Those of one connection wait for each other; threads that are not to wait have one
/// each (``SQLiteStore/reader()``).
///
/// Times are UTC. Every call throws ``StoreError``; ``StoreError/notFound(_:)`` where an id that is named does not exist.
public protocol StoreQueries: Sendable {
  /// The store's UUID, lower case.
  var id: String { get }

  // MARK: Workflows

  /// Workflows with the counts of their tasks, newest first.
  func workflows(_ filter: WorkflowFilter) throws -> [WorkflowRow]

  /// How many workflows a filter lets through, whatever its limit is.
  func workflowCount(_ filter: WorkflowFilter) throws -> Int

  /// The tasks of a workflow, in the order of their ids.
  func tasks(of workflow: WorkflowID, _ filter: TaskFilter) throws -> [WorkflowTaskRow]

  /// The tasks of a workflow with how their last attempts went.
  ///
  /// - Parameters:
  ///   - sort: nil is by id.
  ///   - withCommands: whether ``TaskListRow/command`` is filled in.
  func taskList(of workflow: WorkflowID, _ filter: TaskFilter, sort: TaskSort?, withCommands: Bool) throws
    -> [TaskListRow]

  /// How many tasks a filter lets through, whatever its limit is.
  func taskCount(of workflow: WorkflowID, _ filter: TaskFilter) throws -> Int

  /// The runs of a workflow, newest first.
  ///
  /// - Parameter limit: the most rows; nil is all.
  func runs(of workflow: WorkflowID, limit: Int?) throws -> [RunRow]

  /// Whether the workflow is driven now.
  func driver(of workflow: WorkflowID) throws -> DriverState

  /// What went wrong in a workflow, most frequent first. Reads the ends of log files.
  ///
  /// - Parameter limit: the most groups; nil is all.
  func errors(of workflow: WorkflowID, limit: Int?) throws -> [ErrorGroup]

  /// What a workflow is doing, and then why its tasks are not running.
  ///
  /// - Parameter limit: the most tasks; nil is all.
  func explain(workflow: WorkflowID, limit: Int?) throws -> [Explanation]

  /// How many tasks ``explain(workflow:limit:)`` has without a limit.
  func explainCount(workflow: WorkflowID) throws -> Int

  /// What a workflow is at in which nothing changes; nil where there is nothing to wait for.
  func standstill(of workflow: WorkflowID) throws -> Standstill?

  /// Everything that a report of a workflow shows. Reads the ends of log files; the errors may be those of a moment before the
  /// rest.
  ///
  /// - Parameters:
  ///   - mostAttempts: of which a choice is made where there are more.
  ///   - mostErrors: groups of errors.
  func report(of workflow: WorkflowID, mostAttempts: Int, mostErrors: Int) throws -> WorkflowReport

  /// The log files of a workflow's task instances, by task and attempt.
  ///
  /// - Parameters:
  ///   - array: a template's name; `*` and `?` stand for what they stand for in file names.
  ///   - job: a task's name, likewise, or the cluster's own name for an instance.
  ///   - limit: the most rows; nil is all.
  func filePaths(of workflow: WorkflowID, array: String?, job: String?, limit: Int?) throws -> [FilePathRow]

  /// How many rows ``filePaths(of:array:job:limit:)`` has without a limit.
  func filePathCount(of workflow: WorkflowID, array: String?, job: String?) throws -> Int

  /// The log files of a workflow's `on_finish`, of its newest run that has some; nil where none has.
  func finishLogs(of workflow: WorkflowID) throws -> FinishLogs?

  // MARK: Tasks

  /// The workflow that a task belongs to.
  func workflow(of task: TaskID) throws -> WorkflowID

  /// Every attempt of these tasks as a list shows it, oldest first, task by task in the order given.
  ///
  /// - Parameter words: only tasks that people see so; empty is all.
  func taskStatus(of tasks: [TaskID], words: Set<TaskWord>) throws -> [TaskStatusRow]

  /// The same with all that is known of each attempt.
  func attempts(of tasks: [TaskID], words: Set<TaskWord>) throws -> [TaskAttemptRow]

  /// The last attempt of each task of a workflow that has had one, by task.
  ///
  /// - Parameter limit: the most tasks; nil is all.
  func latestAttempts(of workflow: WorkflowID, limit: Int?) throws -> [TaskAttemptRow]

  /// Everything about a task on one page.
  func taskCard(_ task: TaskID) throws -> TaskCard

  /// The attributes of a task by name: those of its definition, and those that its command wrote.
  ///
  /// - Parameter name: `*` and `?` stand for what they stand for in file names; nil is all.
  func attributes(ofTask task: TaskID, name: String?) throws -> [AttributeRow]

  /// The attributes of a workflow, then those of its tasks.
  ///
  /// - Parameter name: `*` and `?` stand for what they stand for in file names; nil is all.
  func attributes(of workflow: WorkflowID, name: String?) throws -> [AttributeRow]

  /// The tasks that a task waits for, then those that wait for it; only its neighbours.
  func dependencies(of task: TaskID) throws -> [DependencyRow]

  /// Why a task is not running.
  func explain(task: TaskID) throws -> Explanation

  // MARK: Resources

  /// What the instances used that ended with success, by template version.
  func usage(_ filter: UsageFilter) throws -> [TemplateUsage]

  /// The distinct requests with which a workflow's tasks were submitted, by cluster.
  func requests(of workflow: WorkflowID) throws -> [String: [ResourceRequest]]

  // MARK: Changes

  /// Everything that has changed in a workflow, oldest first.
  ///
  /// - Parameter limit: the most rows: the last ones; nil is all.
  func history(of workflow: WorkflowID, limit: Int?) throws -> [HistoryRow]

  /// Everything that has changed in a task and its attempts, oldest first.
  ///
  /// - Parameter limit: the most rows: the last ones; nil is all.
  func history(ofTask task: TaskID, limit: Int?) throws -> [HistoryRow]

  /// How many rows ``history(of:limit:)`` has without a limit.
  func historyCount(of workflow: WorkflowID) throws -> Int

  /// What has changed since a number of the feed, oldest first. Whoever has read it asks again with the
  /// ``Change/lastSeq`` of the last change, and misses nothing.
  ///
  /// - Parameters:
  ///   - seq: 0 for everything.
  ///   - workflow: nil for all workflows.
  ///   - limit: how many changes to read, at least; nil is all.
  func changes(after seq: Int64, of workflow: WorkflowID?, limit: Int?) throws -> [Change]

  /// The number of the last change in the store; 0 where there is none.
  func lastSeq() throws -> Int64

  /// Changes with every commit that another connection makes: the cheapest look whether there is anything new.
  func dataVersion() throws -> Int64
}

extension StoreQueries {
  /// What the instances used that ended with success, by template version, as a list shows it.
  public func templateResources(_ filter: UsageFilter) throws -> [TemplateResourcesRow] {
    try usage(filter).map(TemplateResourcesRow.init)
  }
}

extension SQLiteStore: StoreQueries {
  /// Another connection to the same database, which only reads. It sees every commit as soon as that is made, and neither
  /// waits for this connection nor keeps it waiting: a server has one for each thread that answers.
  ///
  /// - Throws: ``StoreError/gone(path:)`` where the file was removed or replaced since it was opened; ``StoreError``.
  public func reader() throws -> any StoreQueries {
    var options = options
    options.readOnly = true
    let reader = try SQLiteStore(path: path, options: options)
    try requireInPlace()
    return reader
  }
}
