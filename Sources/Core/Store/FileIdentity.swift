import Foundation
import JobmonModel

/// Which file a path names: another one under the same name has another identity. Asked without opening it: closing a
/// descriptor of a database drops the locks that other connections of this process hold on it.
package struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t

  /// What a look at a path found.
  enum Look {
    case found(FileIdentity)
    /// There is no such file, or the server that had it says that it is gone.
    case missing
    /// It cannot be told.
    case unknown
  }

  /// nil where the path names no file, or it cannot be told which.
  package init?(_ path: String) {
    guard case .found(let identity) = Self.look(path) else { return nil }
    self = identity
  }

  private init(_ found: stat) {
    device = found.st_dev
    inode = found.st_ino
  }

  static func look(_ path: String) -> Look {
    if let found = OSFile.status(path) { return .found(FileIdentity(found)) }
    return [ENOENT, ENOTDIR, ESTALE].contains(errno) ? .missing : .unknown
  }
}
