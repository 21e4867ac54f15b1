import Glibc
import GuardedFiles

/// A folder in which log files without names are created: that of a workflow, or one that the user has named.
final class LogHome {
  /// Maximum number of files kept for the next commands: as many as the short commands of two processors return at a
  /// time.
  private static let mostSpares = 64

  let folder: GuardedFolder
  /// Whether its file system supports files without names and tells who has a file open; nil until this was tried.
  private var isAble: Bool?
  /// Files that commands have left unchanged.
  private var spares: [UnnamedFile] = []

  init(_ folder: GuardedFolder) { self.folder = folder }

  /// A file without a name; nil if none can be created.
  func take() -> UnnamedFile? {
    if let spare = spares.popLast() { return spare }
    guard isAble != false else { return nil }
    let file = UnnamedFile.make(in: folder)
    if file != nil {
      isAble = true
    } else if UnnamedFile.isLasting(errno) {
      isAble = false
    }
    return file
  }

  /// Takes back an unchanged file.
  func keep(_ file: UnnamedFile) {
    if spares.count < Self.mostSpares { spares.append(file) }
  }

  /// Whether files without names can be created here.
  var hasUnnamed: Bool {
    if isAble == nil, let file = take() { keep(file) }
    return isAble ?? false
  }
}
