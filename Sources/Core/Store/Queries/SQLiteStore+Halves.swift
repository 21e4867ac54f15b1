import Dispatch
import GRDB

extension SQLiteStore {
  /// Minimum number of ids for which a second connection, which takes a millisecond to open, is faster.
  private static let worthHalving = 50_000

  /// The result of the other thread; the semaphore passes it between the threads.
  private final class OtherHalf<Part: Sendable>: @unchecked Sendable {
    let isOver = DispatchSemaphore(value: 0)
    /// nil if it saw another state of the store.
    var result: Result<Part?, any Error> = .success(nil)
  }

  /// Reads all rows of a table. A large table is read in two halves at the same time, the upper half on a thread and a
  /// connection of its own. Both halves have the same state of the store.
  ///
  /// - Parameters:
  ///   - database: a connection within a transaction.
  ///   - read: reads the rows with ids in a range.
  /// - Returns: one part or two, in the order of the ids.
  /// - Throws: what `read` throws; `DatabaseError`.
  func readHalves<Part: Sendable>(
    of table: String, _ database: Database,
    _ read: @escaping @Sendable (Database, ClosedRange<Int64>) throws -> Part
  ) throws -> [Part] {
    // Two queries, because each finds its row at an end of the table. For both in one query, SQLite would read all
    // rows.
    guard let first = try Int64.fetchOne(database, sql: "SELECT min(id) FROM \(table)"),
      let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM \(table)")
    else { return [] }
    guard last - first >= Self.worthHalving else { return [try read(database, first...last)] }
    let middle = first + (last - first) / 2
    let upper = middle + 1...last
    let state = try Self.lastSeq(database)
    let other = OtherHalf<Part>()
    let queue = try Self.connect(to: path, options, usesWriteAheadLog: usesWriteAheadLog)
    queue.asyncRead { connection in
      other.result = Result {
        let database = try connection.get()
        return try Self.lastSeq(database) == state ? read(database, upper) : nil
      }
      other.isOver.signal()
    }
    let lower = Result { try read(database, first...middle) }
    other.isOver.wait()
    return [try lower.get(), try other.result.get() ?? read(database, upper)]
  }

  /// The number of the last change in a connection's view of the store.
  private static func lastSeq(_ database: Database) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT seq FROM progress WHERE workflow_id = 0")
  }
}
