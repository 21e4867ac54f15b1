import CLinux
import Glibc
import OSText

/// A folder that is open, and was looked at on the way to it: names in it are looked up there, whatever becomes of its path.
///
/// Links are followed down to its root, which a person has named. The folders below that are ours: one that is a link, or
/// that another user has put there, is refused.
public final class GuardedFolder: Sendable {
  /// How often a folder is made again that others remove meanwhile.
  private static let tries = 3

  /// The path that it was opened by; something else may be there by now (``isInPlace``).
  public let path: String
  let descriptor: Int32
  /// Whether others than its owner can make files in it.
  public let isShared: Bool
  let owner: uid_t
  private let device: dev_t
  private let inode: ino_t

  private init(_ path: String, _ descriptor: Int32, _ status: stat) {
    self.path = path
    self.descriptor = descriptor
    isShared = status.st_mode & 0o022 != 0
    owner = status.st_uid
    device = status.st_dev
    inode = status.st_ino
  }

  deinit { close(descriptor) }

  /// Whether its path leads to it yet.
  public var isInPlace: Bool {
    var found = stat()
    return OSText.withCString(path) { stat($0, &found) } == 0 && found.st_dev == device
      && found.st_ino == inode
  }

  /// Opens a folder of log files, which may be below the folder of a workflow (``LogPath``).
  ///
  /// - Parameter makes: whether to make what is missing, private to the user.
  public static func ofLogs(_ path: String, makes: Bool) throws(FileFault) -> GuardedFolder {
    try open(path, below: LogPath.root(of: path), makes: makes)
  }

  /// Opens a folder.
  ///
  /// - Parameters:
  ///   - root: the beginning of its path that a person has named.
  ///   - makes: whether to make what is missing, private to the user.
  public static func open(_ path: String, below root: String, makes: Bool) throws(FileFault) -> GuardedFolder
  {
    var tries = 1
    while true {
      do throws(FileFault) {
        return try walk(path, root, makes: makes)
      } catch {
        // Somebody has removed it meanwhile.
        guard makes, error.code == ENOENT, error.step == .open, tries < Self.tries else { throw error }
        tries += 1
      }
    }
  }

  private static func walk(_ path: String, _ root: String, makes: Bool) throws(FileFault) -> GuardedFolder {
    var folder = try openRoot(root, makes: makes)
    for part in path.utf8.dropFirst(root.utf8.count).split(separator: UInt8(ascii: "/")) {
      folder = try folder.open(String(Substring(part)), makes: makes)
    }
    return folder
  }

  private static func openRoot(_ root: String, makes: Bool) throws(FileFault) -> GuardedFolder {
    let name = root.isEmpty ? "/" : root
    var folder = OSText.withCString(name) { clinux_open_folder_at(AT_FDCWD, $0, 1) }
    if folder < 0, errno == ENOENT, makes {
      guard FolderPath.make(name) else { throw .last(name, step: .make) }
      folder = OSText.withCString(name) { clinux_open_folder_at(AT_FDCWD, $0, 1) }
    }
    guard folder >= 0 else { throw .last(name) }
    return try GuardedFolder(opened: folder, name)
  }

  private convenience init(opened folder: Int32, _ path: String) throws(FileFault) {
    var found = stat()
    guard fstat(folder, &found) == 0 else {
      let fault = FileFault.last(path)
      close(folder)
      throw fault
    }
    self.init(path, folder, found)
  }

  /// Opens a folder in it, which has to be ours.
  private func open(_ name: String, makes: Bool) throws(FileFault) -> GuardedFolder {
    let inner = path.hasSuffix("/") ? path + name : path + "/" + name
    var file = OSText.withCString(name) { clinux_open_folder_at(descriptor, $0, 0) }
    var isNew = false
    if file < 0, errno == ENOENT, makes {
      isNew = OSText.withCString(name) { mkdirat(descriptor, $0, 0o700) } == 0
      guard isNew || errno == EEXIST else { throw .last(inner, step: errno == ENOENT ? .open : .make) }
      file = OSText.withCString(name) { clinux_open_folder_at(descriptor, $0, 0) }
    }
    guard file >= 0 else {
      let code = errno
      var found = stat()
      if OSText.withCString(name, { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) }) == 0,
        found.st_mode & S_IFMT == S_IFLNK
      {
        throw FileFault(inner, .symbolicLink)
      }
      throw FileFault(inner, .system(code))
    }
    let folder = try GuardedFolder(opened: file, inner)
    guard isNew || isOurs(owner: folder.owner) else { throw FileFault(inner, .owner(folder.owner)) }
    return folder
  }

  /// Whether what this user owns in it can have been made by nobody but us: where only its owner can make anything, that
  /// is he. File systems that show other users than there are (NFS with root_squash) have one owner for both.
  func isOurs(owner other: uid_t) -> Bool { other == geteuid() || other == owner && !isShared }
}
