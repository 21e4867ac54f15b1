import Foundation
import JobmonModel

/// Processes that make or upgrade the databases of a folder do so one after the other: a lock on the folder, which
/// leaves no file behind. (Closing a second descriptor of the database itself would drop SQLite's own locks.)
struct OpeningLock {
  /// Milliseconds that one waits where others can open the folder, and so lock it for as long as they like. Two processes
  /// that go on at the same time meet SQLite's own locks: the worst is an error.
  private static let patience: Int64 = 5000
  /// Microseconds between two tries.
  private static let pause: UInt32 = 5000

  private let folder: Int32
  /// Whether the lock was not to be had in time.
  let isWithout: Bool

  /// Waits for its turn. Where a file system locks no folders, nobody waits.
  init(in path: String) {
    folder = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)
    isWithout = folder >= 0 && !Self.wait(for: folder)
  }

  /// - Returns: false where another process keeps the lock.
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
