import GRDB
import JobmonModel

/// An attribute of a workflow or of a task (`workflow attributes`, `task attributes`).
public struct AttributeRow: Hashable, ListedRow {
  /// The origin of an attribute.
  public enum Source: String, Sendable {
    /// The workflow's definition.
    case workflow
    /// The task's definition.
    case definition
    /// The task's command, which wrote it to the file named by `JOBMON_ATTRIBUTES`.
    case command
  }

  /// The task; nil for an attribute of the workflow.
  public var task: TaskID?
  /// The task's name; nil for an attribute of the workflow.
  public var taskName: String?
  /// The attribute's name.
  public var name: String
  /// Its value.
  public var value: String
  /// The origin of the attribute.
  public var source: Source

  /// The JSON keys, in order; all are columns.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case task = "task_id"
    case taskName = "task_name"
    case name = "attribute"
    case value, source
  }

  /// A value for every key, in the order of ``CodingKeys``.
  public var values: [JSONValue] {
    [JSONValue(task), JSONValue(taskName), .string(name), .string(value), .string(source.rawValue)]
  }
}

extension SQLiteStore {
  /// The attributes of a task, sorted by name: those of its definition, and those that its command wrote.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func attributes(ofTask task: TaskID, name: String? = nil) throws -> [AttributeRow] {
    try read { database in
      _ = try WorkflowScope(task: task, database)
      return try Self.attributes(task..<task + 1, name, database)
    }
  }

  /// The attributes of a workflow, followed by those of its tasks.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func attributes(of workflow: WorkflowID, name: String? = nil) throws -> [AttributeRow] {
    try read { database in
      let scope = try WorkflowScope(workflow, database)
      let pattern = name.map(NamePattern.init(text:))
      let own = try Row.fetchAll(
        database,
        sql: """
          SELECT j.key, j.value FROM workflow w, json_each(w.attributes) j
          WHERE w.id = ? AND \(pattern?.condition("j.key") ?? "1") ORDER BY j.key
          """, arguments: [workflow] + (pattern.map { [$0.argument] } ?? []))
      return try own.map { AttributeRow(name: $0[0], value: $0[1], source: .workflow) }
        + Self.attributes(scope.tasks, name, database)
    }
  }

  private static func attributes(_ tasks: Range<TaskID>, _ name: String?, _ database: Database) throws
    -> [AttributeRow]
  {
    let pattern = name.map(NamePattern.init(text:))
    let condition = pattern?.condition("j.key") ?? "1"
    let argument: StatementArguments = pattern.map { [$0.argument] } ?? []
    let range: StatementArguments = [tasks.lowerBound, tasks.upperBound]
    // Attributes written by the command override those of the definition.
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT d.id, d.name, j.key, j.value, 0 FROM task_definition d, json_each(d.attributes) j
        WHERE d.id >= ? AND d.id < ? AND d.attributes IS NOT NULL AND \(condition)
          AND NOT EXISTS (SELECT 1 FROM task t, json_each(t.written) w WHERE t.id = d.id AND w.key = j.key)
        UNION ALL
        SELECT t.id, d.name, j.key, j.value, 1
        FROM task t, json_each(t.written) j CROSS JOIN task_definition d ON d.id = t.id
        WHERE t.id >= ? AND t.id < ? AND t.written IS NOT NULL AND \(condition)
        ORDER BY 1, 3
        """, arguments: range + argument + range + argument)
    var found: [AttributeRow] = []
    while let row = try rows.next() {
      found.append(
        AttributeRow(
          task: row[0], taskName: row[1], name: row[2], value: row[3],
          source: row[4] == 1 ? .command : .definition))
    }
    return found
  }
}
