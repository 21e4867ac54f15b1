import Glibc

/// Why a file or a folder, which other users could have prepared under its name, is not used.
public struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of causes.
  public enum Reason: Hashable, Sendable {
    /// A system call failed: errno.
    case system(Int32)
    /// The name is a symbolic link, which is not followed.
    case symbolicLink
    /// Not a regular file: its kind, with an article.
    case kind(String)
    /// It belongs to another user: the uid.
    case owner(UInt32)
    /// The file has a second name (hard link), possibly in a folder where other users can read it.
    case hardLink
  }

  /// What was attempted when the fault was found.
  public enum Step: Hashable, Sendable {
    /// To open a file or a folder.
    case open
    /// To create a folder.
    case make
  }

  /// The file, or the folder on its path, that is not used.
  public var path: String
  /// Why it is not used.
  public var reason: Reason
  /// What was attempted.
  public var step: Step

  /// Creates a fault. ``description`` does not contain the path: the caller prints it.
  public init(_ path: String, _ reason: Reason, step: Step = .open) {
    self.path = path
    self.reason = reason
    self.step = step
  }

  /// A fault with the errno of the last call.
  static func last(_ path: String, step: Step = .open) -> FileFault {
    FileFault(path, .system(errno), step: step)
  }

  /// The errno; nil if it was refused because of what it is.
  public var code: Int32? { if case .system(let code) = reason { code } else { nil } }

  /// Whether it exists and is refused because of what it is. Only a person can change that.
  public var isRefusal: Bool { code == nil }

  /// Whether another attempt would fail in the same way. Other faults may be temporary: too many open files, or a file
  /// server that does not answer.
  public var isLasting: Bool {
    code.map { [ENOTDIR, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG, ELOOP].contains($0) } ?? true
  }

  /// Whether the disk is full, the user's quota is exhausted, or the file has reached the size limit.
  public var isFullDisk: Bool { code.map(DiskRoom.isFull) ?? false }

  /// The reason, without the path.
  public var description: String {
    switch reason {
    case .system(let code): String(cString: strerror(code))
    case .symbolicLink: "it is a symbolic link"
    case .kind(let kind): "it is \(kind), not a regular file"
    case .owner(let owner): "it belongs to another user (uid \(owner))"
    case .hardLink: "it has more than one name (hard links)"
    }
  }
}

extension FileFault.Reason {
  /// Why a file with this status is not used as a regular file; nil if it is one.
  init?(kindOf status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFLNK: self = .symbolicLink
    case S_IFIFO: self = .kind("a FIFO")
    case S_IFSOCK: self = .kind("a socket")
    case S_IFDIR: self = .kind("a folder")
    case S_IFCHR, S_IFBLK: self = .kind("a device")
    default: self = .kind("of an unknown type")
    }
  }
}
