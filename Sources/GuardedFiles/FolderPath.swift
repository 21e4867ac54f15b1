import Glibc
import OSText

/// Creates jobmon's folders if they are missing. Links on the path are followed.
public enum FolderPath {
  /// Creates a folder and those above it, private to the user (mode 0700). Existing folders are not changed.
  ///
  /// - Returns: whether the folder exists now. If not, errno says why.
  public static func make(_ path: String) -> Bool {
    if path.isEmpty || OSText.withCString(path, { mkdir($0, 0o700) }) == 0 { return true }
    var why = errno
    if why == ENOENT, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash > path.startIndex {
      guard make(String(path[..<slash])) else { return false }
      if OSText.withCString(path, { mkdir($0, 0o700) }) == 0 { return true }
      why = errno
    }
    // Another process may create it at the same time.
    var found = stat()
    if OSText.withCString(path, { stat($0, &found) }) == 0, found.st_mode & S_IFMT == S_IFDIR { return true }
    errno = why == EEXIST ? ENOTDIR : why
    return false
  }
}
