import Foundation
import JobmonModel

/// The identity of the file at a path. Another file under the same name has another identity. It is determined without
/// opening the file, because closing a descriptor of a database drops the locks that other connections of this process
/// hold on it.
package struct FileIdentity: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t

  /// The result of looking up a path.
  enum Look {
    case found(FileIdentity)
    /// The file does not exist, or its server reports that it is gone.
    case missing
    /// The lookup failed for another reason.
    case unknown
  }

  /// nil if the path has no file, or if the lookup failed.
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
