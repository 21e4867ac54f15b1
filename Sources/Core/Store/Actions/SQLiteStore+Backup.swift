import Foundation
import GRDB
import OSText

extension SQLiteStore {
  /// Copies the whole store, as it is at one moment, to a new file that only its owner can read; runs go on meanwhile.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` where the file exists or cannot be made; ``StoreError``.
  public func backup(to path: String) throws {
    guard path != "-" else {
      throw RunRefusal(.invalidUsage, "a database cannot be copied to standard output: name a new file")
    }
    guard !OSText.hasEscapes(path) else {
      throw RunRefusal(
        .invalidUsage,
        "a database cannot be copied to \(path), because its path is not UTF-8 text: name another file")
    }
    // Whatever is there already is refused, a FIFO or a device included. The file is made here, and is private from its
    // first byte on: of two copies to one file, one is refused.
    let file = OSFile.open(path, O_CREAT | O_EXCL | O_WRONLY)
    guard file >= 0 else {
      throw RunRefusal(
        .invalidUsage,
        errno == EEXIST
          ? "\(path) is there already: name a new file"
          : "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    close(file)
    do {
      let target = try DatabaseQueue(path: path)
      try queue.backup(to: target)
      try target.close()
    } catch {
      // First: it looks at errno.
      let failure = StoreError(error, path: path)
      for leftover in ["", "-journal", "-wal", "-shm"] { unlink(path + leftover) }
      throw failure
    }
  }
}
