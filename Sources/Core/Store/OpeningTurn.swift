import Foundation

/// Processes that make or upgrade the databases of a folder do so one after the other: a lock on the folder, which
/// leaves no file behind. (Closing a second descriptor of the database itself would drop SQLite's own locks.)
struct OpeningTurn {
  private let folder: Int32

  /// Waits for its turn. Where a file system locks no folders, nobody waits.
  init(in path: String) {
    folder = open(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    while folder >= 0, flock(folder, LOCK_EX) != 0, errno == EINTR {}
  }

  func end() {
    if folder >= 0 { close(folder) }
  }
}
