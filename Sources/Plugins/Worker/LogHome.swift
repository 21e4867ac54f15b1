import Glibc
import GuardedFiles

/// A folder that log files without names are made in: that of a workflow, or one that a person has named.
final class LogHome {
  /// Files that are kept for the next commands at most: what two processors' worth of short commands give back at a time.
  private static let mostSpares = 64

  let folder: GuardedFolder
  /// Whether its file system has files without names, and says who has a file open; nil until it was tried.
  private var isAble: Bool?
  /// Files that commands have left as they were.
  private var spares: [UnnamedFile] = []

  init(_ folder: GuardedFolder) { self.folder = folder }

  /// A file without a name; nil where there can be none.
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

  /// Takes back a file that is as new.
  func keep(_ file: UnnamedFile) {
    if spares.count < Self.mostSpares { spares.append(file) }
  }

  /// Whether there are files without names here.
  var hasUnnamed: Bool {
    if isAble == nil, let file = take() { keep(file) }
    return isAble ?? false
  }
}
