import JobmonModel

/// Why no copy of a database is made.
package enum BackupRefusal: RefusalReason, Hashable {
  case standardOutput
  /// A path that SQLite does not take.
  case pathNotUTF8(String)
  case exists(String)
  /// What the system says.
  case unwritable(String, reason: String)

  package var code: RunRefusal.Code { .invalidUsage }

  package var message: String {
    switch self {
    case .standardOutput: "a database cannot be copied to standard output: give a new file"
    case .pathNotUTF8(let path):
      "a database cannot be copied to \(path), because its path is not UTF-8 text: name another file"
    case .exists(let path): "\(path) exists already: give a new file"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}
