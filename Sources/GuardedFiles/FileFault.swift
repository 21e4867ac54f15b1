import Glibc

/// Why a file or a folder is not used that others could have prepared under its name.
public struct FileFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// What stands in the way.
  public enum Reason: Hashable, Sendable {
    /// What the system says: errno.
    case system(Int32)
    /// There is a symbolic link under the name; it is not followed.
    case symbolicLink
    /// Another kind of file than a regular one: which, with its article.
    case kind(String)
    /// It belongs to another user: the uid.
    case owner(UInt32)
    /// The file has another name, too, which may be where others read it.
    case hardLink
  }

  /// What was tried when the fault was found.
  public enum Step: Hashable, Sendable {
    /// A file or a folder was to be opened.
    case open
    /// A folder was to be made.
    case make
  }

  /// The file, or the folder of its path, that is not used.
  public var path: String
  /// Why it is not used.
  public var reason: Reason
  /// What was tried.
  public var step: Step

  /// Makes a fault; the path is shown to people by whoever catches it.
  public init(_ path: String, _ reason: Reason, step: Step = .open) {
    self.path = path
    self.reason = reason
    self.step = step
  }

  /// With what the last call that failed said.
  static func last(_ path: String, step: Step = .open) -> FileFault {
    FileFault(path, .system(errno), step: step)
  }

  /// The system's reason; nil where it is refused for what it is.
  public var code: Int32? { if case .system(let code) = reason { code } else { nil } }

  /// Whether it was there, and is refused for what it is: only a person can change that.
  public var isRefusal: Bool { code == nil }

  /// Whether another attempt would find the same. What is not so may go away by itself: too many open files, a file server that
  /// is away.
  public var isLasting: Bool {
    code.map { [ENOTDIR, EACCES, EPERM, EROFS, EISDIR, ENAMETOOLONG, ELOOP].contains($0) } ?? true
  }

  /// Whether there is no room: on the disk, within the user's quota, or within the limit on the size of a file.
  public var isFullDisk: Bool { code.map(DiskRoom.isFull) ?? false }

  /// The reason alone, without the path.
  public var description: String {
    switch reason {
    case .system(let code): String(cString: strerror(code))
    case .symbolicLink: "it is a symbolic link"
    case .kind(let kind): "it is \(kind), not a regular file"
    case .owner(let owner): "it belongs to another user (uid \(owner))"
    case .hardLink: "it has another name, too (a hard link)"
    }
  }
}

extension FileFault.Reason {
  /// Why something with this status is not used as a regular file; nil where it is one.
  init?(kindOf status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFLNK: self = .symbolicLink
    case S_IFIFO: self = .kind("a FIFO")
    case S_IFSOCK: self = .kind("a socket")
    case S_IFDIR: self = .kind("a folder")
    case S_IFCHR, S_IFBLK: self = .kind("a device")
    default: self = .kind("something else")
    }
  }
}
