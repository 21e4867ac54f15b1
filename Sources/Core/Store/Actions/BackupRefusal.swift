import JobmonModel

/// Why a database is not copied.
package enum BackupRefusal: RefusalReason, Hashable {
  case standardOutput
  /// A path that SQLite does not accept.
  case pathNotUTF8(String)
  case exists(String)
  /// The reason that the system gives.
  case unwritable(String, reason: String)

  package var code: RunRefusal.Code { .invalidUsage }

  package var message: String {
    switch self {
    case .standardOutput: "a database cannot be copied to standard output: give a new file"
    case .pathNotUTF8(let path):
      "a database cannot be copied to \(path), because its path is not UTF-8 text: name another file"
    case .exists(let path): "\(path) already exists: give a new file"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }
}
