import Foundation
import JobmonModel

/// A lock on a folder, under which processes create or upgrade the databases in it one after the other. It leaves no
/// file behind. (A lock on the database itself is not possible: closing a second descriptor of it would drop SQLite's
/// own locks.)
struct OpeningLock {
  /// Milliseconds to wait for the lock if other users can open the folder, because they could hold the lock forever.
  /// Without the lock, two processes may work at the same time. SQLite's own locks then apply; the worst result is an
  /// error.
  private static let patience: Int64 = 5000
  /// Microseconds between two attempts to lock.
  private static let pause: UInt32 = 5000

  private let folder: Int32
  /// Whether the lock could not be obtained in time.
  let isWithout: Bool

  /// Waits for the lock. Does not wait if the file system does not support locks on folders.
  init(in path: String) {
    folder = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)
    isWithout = folder >= 0 && !Self.wait(for: folder)
  }

  /// - Returns: false if another process has kept the lock for too long.
  private static func wait(for folder: Int32) -> Bool {
    var found = stat()
    let isOpenToOthers = fstat(folder, &found) != 0 || found.st_mode & 0o044 != 0 || found.st_uid != geteuid()
    let end = Instant.now.monotonic + patience
    while true {
      let operation = isOpenToOthers ? LOCK_EX | LOCK_NB : LOCK_EX
      if flock(folder, operation) == 0 { return true }
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK where Instant.now.monotonic < end: usleep(pause)
      case EWOULDBLOCK: return false
      default: return true
      }
    }
  }

  static func notice(_ folder: String) -> String {
    "the folder \(folder) of the database has been locked by another process for \(patience / 1000) s: opening it without "
      + "the lock"
  }

  func end() {
    if folder >= 0 { close(folder) }
  }
}
