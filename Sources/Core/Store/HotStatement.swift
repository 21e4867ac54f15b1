import GRDB
import GRDBSQLite

/// A statement that is executed for every task of a workflow. Values are bound one by one, without GRDB's array of
/// boxed values, which took 15 % of the time of a simulated task.
final class HotStatement {
  private let statement: Statement
  private let database: SQLiteConnection?
  /// Memory for the texts and blobs of one execution, so that SQLite does not have to copy them.
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)

  init(_ database: Database, _ sql: String) throws {
    statement = try database.makeStatement(sql: sql)
    self.database = database.sqliteConnection
  }

  deinit { room.deallocate() }

  /// The values of one execution, in the order of the statement's parameters.
  struct Values {
    fileprivate let handle: OpaquePointer
    private var index: Int32 = 0
    /// The free part of the memory for texts and blobs.
    private var room: Slice<UnsafeMutableRawBufferPointer>
    /// The error code if a value could not be bound.
    fileprivate var fault = SQLITE_OK

    fileprivate init(_ handle: OpaquePointer, _ room: UnsafeMutableRawBufferPointer) {
      self.handle = handle
      self.room = room[...]
    }

    mutating func add(_ value: Int64?) {
      index += 1
      if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    mutating func add(_ value: Int?) { add(value.map(Int64.init)) }

    mutating func add(_ value: Bool) { add(value ? Int64(1) : 0) }

    mutating func add(_ value: Double?) {
      index += 1
      if let value { sqlite3_bind_double(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    mutating func add(_ value: String?) {
      index += 1
      guard var text = value else {
        sqlite3_bind_null(handle, index)
        return
      }
      text.withUTF8 { bytes in
        keep(UnsafeRawBufferPointer(bytes)) { [handle, index] address, count, destructor in
          sqlite3_bind_text(handle, index, address.assumingMemoryBound(to: CChar.self), count, destructor)
        }
      }
    }

    mutating func add(_ value: ArraySlice<UInt8>) {
      index += 1
      value.withUnsafeBytes { bytes in
        keep(bytes) { [handle, index] address, count, destructor in
          sqlite3_bind_blob(handle, index, address, count, destructor)
        }
      }
    }

    /// Binds bytes at an address that is valid until the statement has run: in the memory of this statement, or if that
    /// is full, in a copy made by SQLite.
    private mutating func keep(
      _ bytes: UnsafeRawBufferPointer,
      _ bind: (UnsafeRawPointer, _ count: Int32, sqlite3_destructor_type?) -> Int32
    ) {
      let isCopied = bytes.count > room.count
      var kept = bytes
      if !isCopied {
        let own = UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.count))
        own.copyBytes(from: bytes)
        room = room.dropFirst(bytes.count)
        kept = UnsafeRawBufferPointer(own)
      }
      // A null address would bind NULL, so empty bytes need another address. -1 is SQLITE_TRANSIENT.
      let code = bind(
        kept.baseAddress ?? UnsafeRawPointer(handle), Int32(kept.count),
        isCopied ? unsafeBitCast(-1, to: sqlite3_destructor_type.self) : nil)
      if code != SQLITE_OK { fault = code }
    }
  }

  /// Executes the statement with the values that `bind` adds, one for each parameter.
  ///
  /// - Throws: `DatabaseError`
  func run(_ bind: (inout Values) throws -> Void) throws {
    let handle = statement.sqliteStatement
    var values = Values(handle, room)
    try bind(&values)
    let code = values.fault == SQLITE_OK ? sqlite3_step(handle) : values.fault
    // The bindings are kept; the next execution replaces all of them.
    sqlite3_reset(handle)
    guard code == SQLITE_DONE else {
      throw DatabaseError(code, of: database, sql: statement.sql)
    }
  }
}

extension DatabaseError {
  /// An error from SQLite, with its message.
  init(_ code: Int32, of connection: SQLiteConnection?, sql: String) {
    self.init(
      resultCode: ResultCode(rawValue: code), message: connection.map { String(cString: sqlite3_errmsg($0)) },
      sql: sql)
  }
}
