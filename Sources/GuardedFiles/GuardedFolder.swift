import CLinux
import Glibc
import OSText

/// An open folder whose path was checked when it was opened. Names are looked up in the open folder, whatever happens
/// to its path.
///
/// Links are followed as far as the root, which a person has chosen. The folders below the root must belong to this
/// user: a link, or a folder that another user has created, is refused.
public final class GuardedFolder: Sendable {
  /// How many times to open it if other processes remove folders at the same time.
  private static let tries = 3

  /// The path by which it was opened. It may lead to another folder now (``isInPlace``).
  public let path: String
  let descriptor: Int32
  /// Whether users other than its owner can create files in it.
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

  /// Whether its path still leads to it.
  public var isInPlace: Bool {
    var found = stat()
    return OSText.withCString(path) { stat($0, &found) } == 0 && found.st_dev == device
      && found.st_ino == inode
  }

  /// Opens a folder of log files, possibly below the folder of a workflow (``LogPath``).
  ///
  /// - Parameter makes: whether to create missing folders, private to the user.
  public static func ofLogs(_ path: String, makes: Bool) throws(FileFault) -> GuardedFolder {
    try open(path, below: LogPath.root(of: path), makes: makes)
  }

  /// Opens a folder.
  ///
  /// - Parameters:
  ///   - root: the beginning of its path, chosen by a person.
  ///   - makes: whether to create missing folders, private to the user.
  public static func open(_ path: String, below root: String, makes: Bool) throws(FileFault) -> GuardedFolder
  {
    var tries = 1
    while true {
      do throws(FileFault) {
        return try walk(path, root, makes: makes)
      } catch {
        // Another process removed it in between.
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

  /// Opens a folder in this folder. It must belong to this user.
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

  /// Whether an owner proves that this user created the file. A file of the folder's owner also counts if only the
  /// owner can create files here: file systems that map users (NFS with root_squash) show the same owner for the folder
  /// and for new files.
  func isOurs(owner other: uid_t) -> Bool { other == geteuid() || other == owner && !isShared }
}
