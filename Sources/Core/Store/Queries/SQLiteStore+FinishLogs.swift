import Foundation
import GRDB
import JobmonModel

/// The log files of the command that a workflow ran at the end of a run.
public struct FinishLogs: Hashable, Sendable {
  /// The run at whose end the command ran.
  public var run: WorkflowRunID
  /// Path of what it wrote to standard output; one of the two files may be missing.
  public var stdout: String
  /// Path of what it wrote to standard error; one of the two files may be missing.
  public var stderr: String
}

extension SQLiteStore {
  /// The log files of a workflow's `on_finish`, of its newest run that has some; nil where none has.
  ///
  /// - Throws: ``StoreError/notFound(_:)``
  public func finishLogs(of workflow: WorkflowID) throws -> FinishLogs? {
    let runs = try read { database in
      try WorkflowScope.require(workflow, database)
      return try Row.fetchAll(
        database, sql: "SELECT id, logs FROM run WHERE workflow_id = ? ORDER BY id DESC",
        arguments: [workflow]
      ).map { row in (id: row[0] as WorkflowRunID, logs: row[1] as String) }
    }
    let storeID = id
    return runs.lazy.map { run in
      let folder = LogFiles.folder(logs: run.logs, workflow: workflow, storeID: storeID)
      let files = LogFiles.finish(of: run.id, in: folder)
      return FinishLogs(run: run.id, stdout: files.stdout, stderr: files.stderr)
    }.first { OSFile.exists($0.stdout) || OSFile.exists($0.stderr) }
  }
}
