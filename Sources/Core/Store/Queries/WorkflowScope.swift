import GRDB
import JobmonModel

/// The ids of a workflow's tasks, and the values that the paths of its log files consist of.
struct WorkflowScope {
  var id: WorkflowID
  var firstTask: TaskID
  var taskCount: Int
  var workingDirectory: String
  /// The names of its templates, in order.
  var templates: [String]

  /// The ids of its tasks.
  var tasks: Range<TaskID> { firstTask..<firstTask + Int64(taskCount) }

  func index(_ task: TaskID) -> TaskIndex { TaskIndex(task - firstTask) }

  /// - Throws: ``StoreError/notFound(_:)``
  init(_ workflow: WorkflowID, _ database: Database) throws {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT first_task, task_count, working_directory FROM workflow
        WHERE id = ? AND replaced_by IS NOT \(SQLiteStore.isBeingRemoved)
        """, arguments: [workflow])
    guard let row else { throw StoreError.notFound("workflow \(workflow)") }
    id = workflow
    firstTask = row[0]
    taskCount = row[1]
    workingDirectory = row[2]
    templates = try String.fetchAll(
      database,
      sql: """
        SELECT v.name FROM array a JOIN template_version v ON v.id = a.template_version_id
        WHERE a.workflow_id = ? ORDER BY a.place
        """, arguments: [workflow])
  }

  /// The scope of the workflow with this task.
  init(task: TaskID, _ database: Database) throws {
    let workflow = try WorkflowID.fetchOne(
      database,
      sql: """
        SELECT w.id FROM task t CROSS JOIN workflow w ON t.id >= w.first_task AND t.id < w.first_task + w.task_count
        WHERE t.id = ?
        """, arguments: [task])
    guard let workflow else { throw StoreError.notFound("task \(task)") }
    try self.init(workflow, database)
  }

  static func require(_ workflow: WorkflowID, _ database: Database) throws {
    let exists = try Bool.fetchOne(
      database,
      sql:
        "SELECT EXISTS (SELECT 1 FROM workflow WHERE id = ? AND replaced_by IS NOT \(SQLiteStore.isBeingRemoved))",
      arguments: [workflow])
    if exists != true { throw StoreError.notFound("workflow \(workflow)") }
  }
}
