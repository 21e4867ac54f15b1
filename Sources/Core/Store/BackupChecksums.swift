import Foundation
import GRDB
import GRDBSQLite
import JobmonModel

/// Checksums of the tables in a copy of the store: for each table, its number of rows and a SHA-256 of its contents.
/// They detect a byte that a disk has changed, which SQLite's own check does not. The first change of a copy removes
/// them.
enum BackupChecksums {
  private static let table = "backup_checksum"

  struct Checksum: Hashable {
    var rows: Int64
    var digest: Data
  }

  /// Computes the checksums of all tables and stores them.
  static func write(in database: Database) throws {
    try database.inTransaction {
      try remove(from: database)
      let checksums = try tables(of: database).map { ($0, try checksum(of: $0, database)) }
      try database.execute(
        sql: "CREATE TABLE \(table) (name TEXT PRIMARY KEY, row_count INTEGER NOT NULL, sha256 BLOB NOT NULL)"
      )
      for (name, checksum) in checksums {
        try database.execute(
          sql: "INSERT INTO \(table) VALUES (?, ?, ?)", arguments: [name, checksum.rows, checksum.digest])
      }
      return .commit
    }
  }

  /// Removes the checksums. Must be called in a transaction.
  static func remove(from database: Database) throws {
    if try database.tableExists(table) { try database.execute(sql: "DROP TABLE \(table)") }
  }

  /// A sentence for each table that has changed since it was copied; empty if the database has no checksums.
  static func faults(in database: Database) throws -> [String] {
    guard try database.tableExists(table) else { return [] }
    var faults: [String] = []
    var unknown = Set(try tables(of: database))
    for row in try Row.fetchAll(database, sql: "SELECT name, row_count, sha256 FROM \(table) ORDER BY name") {
      let name: String = row[0]
      guard unknown.remove(name) != nil else {
        faults.append("table \(name) is missing")
        continue
      }
      let found = try checksum(of: name, database)
      let expected = Checksum(rows: row[1], digest: row[2])
      if found.rows != expected.rows {
        faults.append("table \(name) has \(found.rows) rows, but had \(expected.rows) when copied")
      } else if found != expected {
        faults.append("table \(name) differs from the copied table")
      }
    }
    return faults + unknown.sorted().map { "table \($0) did not exist when copied" }
  }

  private static func tables(of database: Database) throws -> [String] {
    try String.fetchAll(
      database,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name != ?
        ORDER BY name
        """, arguments: [table])
  }

  /// The checksum of all rows in the order of their keys. Each value contributes its type, its length and its bytes.
  private static func checksum(of table: String, _ database: Database) throws -> Checksum {
    let statement = try database.makeStatement(sql: "SELECT * FROM \(table.quotedDatabaseIdentifier)")
    let pointer = statement.sqliteStatement
    let columns = sqlite3_column_count(pointer)
    var digest = BufferedDigest()
    var rows: Int64 = 0
    defer { sqlite3_reset(pointer) }
    while true {
      let code = sqlite3_step(pointer)
      if code == SQLITE_DONE { break }
      guard code == SQLITE_ROW else {
        throw DatabaseError(resultCode: .init(rawValue: code), message: database.lastErrorMessage)
      }
      rows += 1
      for column in 0..<columns {
        let type = sqlite3_column_type(pointer, column)
        digest.add(UInt64(type))
        switch type {
        case SQLITE_INTEGER: digest.add(UInt64(bitPattern: sqlite3_column_int64(pointer, column)))
        case SQLITE_FLOAT: digest.add(sqlite3_column_double(pointer, column).bitPattern)
        case SQLITE_NULL: break
        default:
          // The stored bytes of texts and blobs.
          let start = sqlite3_column_blob(pointer, column)
          digest.add(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
        }
      }
    }
    return Checksum(rows: rows, digest: digest.finish())
  }
}

/// SHA-256 of many small values, which are hashed in large pieces.
private struct BufferedDigest {
  private let hash = SHA256()
  private var buffer: [UInt8] = []
  private static let size = 1 << 16

  init() { buffer.reserveCapacity(Self.size) }

  mutating func add(_ number: UInt64) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
    flushIfFull()
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    add(UInt64(bytes.count))
    buffer.append(contentsOf: bytes)
    flushIfFull()
  }

  private mutating func flushIfFull() {
    guard buffer.count >= Self.size else { return }
    buffer.withUnsafeBytes { hash.add($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  mutating func finish() -> Data {
    buffer.withUnsafeBytes { hash.add($0) }
    return hash.finish { Data($0) }
  }
}
