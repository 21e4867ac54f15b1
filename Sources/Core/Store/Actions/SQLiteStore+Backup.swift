import Foundation
import GRDB
import JobmonModel
import OSText

extension SQLiteStore {
  /// Copies the whole store, as it is at one moment, to a new file that only its owner can read. Live runs continue.
  /// The copy has a checksum of each table (`BackupChecksums`), and no write-ahead log.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` if the file exists or cannot be created; ``StoreError``.
  public func backup(to path: String) throws {
    guard path != "-" else {
      throw RunRefusal(BackupRefusal.standardOutput)
    }
    guard !OSText.hasEscapes(path) else {
      throw RunRefusal(BackupRefusal.pathNotUTF8(path))
    }
    guard try Self.makeNewFile(path) else {
      throw RunRefusal(BackupRefusal.exists(path))
    }
    try Self.copy(queue, to: path)
  }

  /// Keeps a copy beside the database, under a new name.
  ///
  /// - Parameter ending: the end of the name, as in `before-upgrade-from-3`.
  /// - Returns: the path of the copy.
  /// - Throws: ``RunRefusal``, ``StoreError``
  static func keepCopy(_ queue: DatabaseQueue, of path: String, _ ending: String) throws -> String {
    let copy = try newFile(beside: path, ending)
    try Self.copy(queue, to: copy)
    return copy
  }

  /// Creates an empty file beside the database, under an unused name. It is private from the start.
  static func newFile(beside path: String, _ ending: String) throws -> String {
    var number = 1
    while true {
      let name = "\(path).\(ending)" + (number == 1 ? "" : ".\(number)")
      if try makeNewFile(name) { return name }
      number += 1
    }
  }

  /// Creates an empty file that only its owner can read; returns false if the name exists, even as a FIFO or a device.
  /// Of two copies to the same file, one is refused.
  private static func makeNewFile(_ path: String) throws -> Bool {
    let file = OSFile.open(path, O_CREAT | O_EXCL | O_WRONLY)
    if file < 0, errno == EEXIST { return false }
    guard file >= 0 else {
      throw RunRefusal(BackupRefusal.unwritable(path, reason: String(cString: strerror(errno))))
    }
    close(file)
    return true
  }

  /// Copies a database to a file that was just created. If that fails, removes the file.
  static func copy(_ queue: DatabaseQueue, to path: String) throws {
    do {
      let target = try DatabaseQueue(path: path)
      try queue.backup(to: target)
      try target.inDatabase { database in
        try BackupChecksums.write(in: database)
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try target.close()
      OSFile.syncFolder(of: path)
    } catch {
      // Before `removeDatabase`, because it uses errno.
      let failure = StoreError(error, path: path)
      removeDatabase(path)
      throw failure
    }
  }

  /// Removes a database with all files that SQLite may have created beside it.
  static func removeDatabase(_ path: String) {
    for part in sidecars + [""] { OSFile.unlink(path + part) }
  }

  /// The suffixes of the files that SQLite creates beside a database.
  static let sidecars = ["-wal", "-shm", "-journal"]
}
