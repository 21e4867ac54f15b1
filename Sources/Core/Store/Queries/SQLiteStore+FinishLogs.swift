import Foundation
import GRDB
import JobmonModel

/// The log files of a workflow's `on_finish` command after a run.
public struct FinishLogs: Hashable, Sendable {
  /// The run after which the command ran.
  public var run: WorkflowRunID
  /// The path of its standard output; one of the two files may not exist.
  public var stdout: String
  /// The path of its standard error; one of the two files may not exist.
  public var stderr: String
}

extension SQLiteStore {
  /// The log files of a workflow's `on_finish`, for the newest run that has any; nil if no run has any.
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
