import CSQLite
import Foundation
import GRDB
import GRDBSQLite
import JobmonModel

/// Checks whether the write-ahead log beside a database belongs to it. SQLite accepts any complete log: the log of
/// another database, or of a later state of the same one, silently becomes part of the database.
extension SQLiteStore {
  /// Prepares the first transaction that changes something.
  func beginWriting(_ database: Database) throws {
    try BackupChecksums.remove(from: database)
    guard knowsLogBase, let log = Self.logFile(of: database), let methods = log.pointee.pMethods else {
      return
    }
    var size: sqlite3_int64 = 0
    guard methods.pointee.xFileSize(log, &size) == SQLITE_OK, size == 0 else { return }
    // The log is empty, so the file contains all changes, and will never contain fewer.
    try database.execute(
      sql: "UPDATE store SET log_base = (SELECT seq FROM progress WHERE workflow_id = 0)")
  }

  /// The content of the database file without its log.
  private struct Bare {
    var uuid: String
    var seq: Int64
  }

  /// Sets whether the log is kept when this connection is closed. It is kept until it is known to belong to the
  /// database.
  static func keepLog(_ keeps: Bool, _ database: Database) {
    _ = csqlite_keep_log_on_close(database.sqliteConnection, keeps ? 1 : 0)
  }

  /// Lets the log be removed with this connection if it is empty, because an empty log does not matter to any database.
  static func leaveNoEmptyLog(of path: String, _ queue: DatabaseQueue) {
    if let log = OSFile.status(path + "-wal"), log.st_size > 0 { return }
    queue.inDatabase { keepLog(false, $0) }
  }

  /// Checks whether the log belongs to the database. Does not change the log.
  ///
  /// - Returns: why it cannot belong to the database; nil if it may belong to it, or if there is no log.
  static func foreignLog(of path: String, _ queue: DatabaseQueue) throws -> String? {
    // A page of the file that is just being written may look wrong.
    for _ in 0..<3 {
      guard let fault = try logFault(of: path, queue) else { return nil }
      usleep(20_000)
      if try logFault(of: path, queue) == fault { return fault }
    }
    return nil
  }

  private static func logFault(of path: String, _ queue: DatabaseQueue) throws -> String? {
    guard let log = OSFile.status(path + "-wal"), log.st_size > 0 else { return nil }
    // In this order, because live runs may add changes to the file but never remove any.
    let (uuid, base) = try queue.read { database in
      let row = try Row.fetchOne(database, sql: "SELECT uuid, log_base FROM store")
      return (row?[0] as String? ?? "", row?[1] as Int64? ?? 0)
    }
    guard let bare = bare(path) else {
      // A new database may be completely in its log.
      return base == 0 ? nil : "the file without its log is not a complete database"
    }
    if bare.uuid != uuid { return "the log belongs to another database" }
    guard bare.seq < base else { return nil }
    return "the file ends at change \(bare.seq), and the log begins after change \(base): "
      + "the file was replaced by a copy, but the log of the former file was kept"
  }

  /// Reads the file as if it had no log; nil if it is not a complete database. SQLite itself opens the file, which
  /// preserves the locks of this process.
  private static func bare(_ path: String) -> Bare? {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: "?#%;")
    let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
    var connection: OpaquePointer?
    defer { sqlite3_close_v2(connection) }
    let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
    guard sqlite3_open_v2("file:\(escaped)?immutable=1", &connection, flags, nil) == SQLITE_OK else {
      return nil
    }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    let sql = "SELECT uuid, (SELECT seq FROM progress WHERE workflow_id = 0) FROM store"
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK,
      sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
    else { return nil }
    return Bare(uuid: String(cString: text), seq: sqlite3_column_int64(statement, 1))
  }
}
