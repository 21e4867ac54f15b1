import Foundation
import GRDB
import GRDBSQLite

/// A row of a query over all tasks or attempts of a workflow. Values are read directly from SQLite: GRDB's rows took a
/// third of the time of such a query.
struct HotRow {
  fileprivate let handle: OpaquePointer

  /// Runs a query. A row is valid only during the call of `body`.
  ///
  /// - Parameter numbers: the query's parameters.
  /// - Throws: `DatabaseError`, and what `body` throws.
  static func forEach(
    _ database: Database, _ sql: String, _ numbers: [Int64] = [], _ body: (HotRow) throws -> Void
  )
    throws
  {
    try forEachWhile(database, sql, numbers) { row in
      try body(row)
      return true
    }
  }

  /// Runs a query as long as `body` returns true.
  static func forEachWhile(
    _ database: Database, _ sql: String, _ numbers: [Int64] = [], _ body: (HotRow) throws -> Bool
  )
    throws
  {
    let statement = try database.makeStatement(sql: sql)
    let handle = statement.sqliteStatement
    defer { sqlite3_reset(handle) }
    for (index, number) in numbers.enumerated() { sqlite3_bind_int64(handle, Int32(index + 1), number) }
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: guard try body(HotRow(handle: handle)) else { return }
      case SQLITE_DONE: return
      case let code: throw DatabaseError(code, of: database.sqliteConnection, sql: sql)
      }
    }
  }

  /// The integer; 0 for NULL.
  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
  /// The number; 0 for NULL.
  func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
  func intOrNil(_ column: Int32) -> Int64? { orNil(int(column), column) }
  func doubleOrNil(_ column: Int32) -> Double? { orNil(double(column), column) }

  /// Checks the type only if the number is 0.
  private func orNil<Number: Numeric>(_ number: Number, _ column: Int32) -> Number? {
    number == 0 && sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : number
  }

  func text(_ column: Int32) -> String? {
    guard let address = sqlite3_column_text(handle, column) else { return nil }
    return String(
      decoding: UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(handle, column))),
      as: UTF8.self)
  }

  /// Calls `body` with the bytes of a blob; they are empty for NULL.
  func withBlob<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
    let address = sqlite3_column_blob(handle, column)
    return try body(UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(handle, column))))
  }
}
