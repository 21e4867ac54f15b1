import Foundation

/// Files that say what is run in this user's name: nobody else may be able to write them.
package enum FileTrust {
  /// Why a file is not trusted, with the way out, as in `FILE ...`; nil where it is, or there is none.
  ///
  /// Regular files are looked at: whoever names a pipe has made it.
  ///
  /// - Parameter owner: a further user who may own it, beside this one and root.
  package static func fault(of path: String, owner: uid_t? = nil) -> String? {
    guard let found = OSFile.status(path), found.st_mode & S_IFMT == S_IFREG else { return nil }
    if found.st_mode & (S_IWGRP | S_IWOTH) != 0 {
      return "can be written by others: run chmod go-w on it"
    }
    if ![getuid(), 0, owner ?? 0].contains(found.st_uid) {
      return "belongs to \(CurrentUser.name(of: found.st_uid)), who can write it: own it, or use another"
    }
    return nil
  }
}
