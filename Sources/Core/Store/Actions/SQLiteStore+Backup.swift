import Foundation
import GRDB
import JobmonModel
import OSText

extension SQLiteStore {
  /// Copies the whole store, as it is at one moment, to a new file that only its owner can read; runs go on meanwhile. The
  /// copy has a checksum of each table (`BackupChecksums`), and no log beside it.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` where the file exists or cannot be made; ``StoreError``.
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

  /// Keeps a copy beside the database, under a name of its own.
  ///
  /// - Parameter ending: as in `before-upgrade-from-3`.
  /// - Returns: its path.
  /// - Throws: ``RunRefusal``, ``StoreError``
  static func keepCopy(_ queue: DatabaseQueue, of path: String, _ ending: String) throws -> String {
    let copy = try newFile(beside: path, ending)
    try Self.copy(queue, to: copy)
    return copy
  }

  /// Makes an empty file beside the database, private from its first byte, under a name that nothing has yet.
  static func newFile(beside path: String, _ ending: String) throws -> String {
    var number = 1
    while true {
      let name = "\(path).\(ending)" + (number == 1 ? "" : ".\(number)")
      if try makeNewFile(name) { return name }
      number += 1
    }
  }

  /// Makes an empty file that only its owner can read; false where there is something under that name, a FIFO or a device
  /// included. Of two copies to one file, one is refused.
  private static func makeNewFile(_ path: String) throws -> Bool {
    let file = OSFile.open(path, O_CREAT | O_EXCL | O_WRONLY)
    if file < 0, errno == EEXIST { return false }
    guard file >= 0 else {
      throw RunRefusal(BackupRefusal.unwritable(path, reason: String(cString: strerror(errno))))
    }
    close(file)
    return true
  }

  /// Copies a database to a file that was just made; where that fails, the file goes.
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
      // First: it looks at errno.
      let failure = StoreError(error, path: path)
      removeDatabase(path)
      throw failure
    }
  }

  /// Removes a database with all that SQLite may have put beside it.
  static func removeDatabase(_ path: String) {
    for part in sidecars + [""] { OSFile.unlink(path + part) }
  }

  /// What SQLite puts beside a database, as the ends of names.
  static let sidecars = ["-wal", "-shm", "-journal"]
}
