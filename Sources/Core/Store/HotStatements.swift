import GRDB
import GRDBSQLite

/// The statements that are executed for every task.
final class HotStatements {
  let insertInstance: HotStatement
  /// Inserts an attempt that has already ended.
  let insertEnded: HotStatement
  let launch: HotStatement
  let start: HotStatement
  let end: HotStatement
  let task: HotStatement

  init(_ database: Database) throws {
    insertInstance = try HotStatement(
      database,
      """
      INSERT INTO instance (id, workflow_id, task_id, run_id, batch_id, place, attempt, created, status, is_open)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'INSTANTIATED', 1)
      """)
    insertEnded = try HotStatement(
      database,
      """
      INSERT INTO instance (id, workflow_id, task_id, run_id, batch_id, place, attempt, created, handle, is_open,
        status, started, ended, node, cause, code, detail, wall, cpu, peak, next_request, message, follow_up)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    launch = try HotStatement(
      database, "UPDATE instance SET status = 'LAUNCHED', handle = ? WHERE id = ? AND is_open")
    start = try HotStatement(
      database,
      """
      UPDATE instance SET status = 'RUNNING', started = ?, node = ?, message = NULL
      WHERE id = ? AND is_open
      """)
    end = try HotStatement(
      database,
      """
      UPDATE instance SET handle = COALESCE(?, handle), is_open = 0, status = ?,
        started = COALESCE(?, started), ended = ?, node = COALESCE(?, node), cause = ?, code = ?, detail = ?, wall = ?,
        cpu = ?, peak = ?, next_request = ?, message = ?, follow_up = ?
      WHERE id = ?
      """)
    task = try HotStatement(database, "UPDATE task SET status = ?, retries = retries + ? WHERE id = ?")
  }
}
