import Foundation

/// Files that decide what is run in this user's name. Other users must not be able to write them.
package enum FileTrust {
  /// Why a file is not trusted and what to do, to follow the file's name; nil if it is trusted or does not exist.
  ///
  /// Only regular files are checked: a pipe was created by the user who named it.
  ///
  /// - Parameter owner: another user who may own it, in addition to this user and root.
  package static func fault(of path: String, owner: uid_t? = nil) -> String? {
    guard let found = OSFile.status(path), found.st_mode & S_IFMT == S_IFREG else { return nil }
    if found.st_mode & (S_IWGRP | S_IWOTH) != 0 {
      return "can be written by others: run chmod go-w on it"
    }
    if ![getuid(), 0, owner ?? 0].contains(found.st_uid) {
      return
        "belongs to \(CurrentUser.name(of: found.st_uid)), who can change it: change its owner, or use another file"
    }
    return nil
  }
}
