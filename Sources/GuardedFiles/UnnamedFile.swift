import CLinux
import Glibc
import OSText

/// A file that has no name until it is given one. If it never gets a name, nothing of it remains, even if this process
/// dies.
///
/// Each process that writes to it gets a separate descriptor. A file that was not written to, not changed and is not
/// kept open can be used again for the next attempt. On ext4, creating a file takes ten times as long.
public final class UnnamedFile {
  /// The descriptor of this object. It shares no offset or flags with the writers.
  private let file: Int32
  /// Its status before it was used.
  private let before: stat

  private init(_ file: Int32, _ before: stat) {
    self.file = file
    self.before = before
  }

  deinit { close(file) }

  /// Creates a file, private to the user.
  ///
  /// - Parameter folder: where it can be named, and in folders below it.
  /// - Returns: nil, with errno (``isLasting(_:)``), if it cannot be created.
  public static func make(in folder: GuardedFolder, mode: mode_t = 0o600) -> UnnamedFile? {
    let file = clinux_open_unnamed_at(folder.descriptor, mode)
    guard file >= 0 else { return nil }
    let again = clinux_open_again(file)
    if again >= 0 { close(again) }
    var status = stat()
    guard again >= 0, fstat(file, &status) == 0, clinux_prepare_lease(file) == 0, clinux_lease(file) == 0,
      clinux_drop_lease(file) == 0
    else {
      let why = errno
      close(file)
      errno = why
      return nil
    }
    return UnnamedFile(file, status)
  }

  /// Whether this errno means that no such file can ever be created in the folder: its file system does not support
  /// unnamed files or leases, or /proc is missing. Otherwise the cause may be temporary.
  public static func isLasting(_ code: Int32) -> Bool {
    ![EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EINTR, EIO].contains(code)
  }

  /// Opens it for a writer, at its beginning.
  ///
  /// - Returns: a descriptor, closed on exec; -1 with errno.
  public func open() -> Int32 { clinux_open_again(file) }

  /// Whether it was used.
  public enum Condition: Hashable, Sendable {
    /// It is as it was when created, and only this object has it open.
    case asNew
    /// It is empty, and only this object has it open. Its mode, for example, may have changed.
    case empty
    /// It contains something, or may soon: another process has it open.
    case used
  }

  /// Whether it was used. Any change of its bytes, mode, owner or names changes its ctime.
  public var condition: Condition {
    var now = stat()
    // The lease is taken first: if it is granted, no writer is left.
    guard clinux_lease(file) == 0, clinux_drop_lease(file) == 0, fstat(file, &now) == 0, now.st_size == 0
    else { return .used }
    let isAsNew =
      now.st_ctim.tv_sec == before.st_ctim.tv_sec && now.st_ctim.tv_nsec == before.st_ctim.tv_nsec
      && now.st_mode == before.st_mode && now.st_uid == before.st_uid && now.st_gid == before.st_gid
      && now.st_nlink == before.st_nlink && now.st_blocks == before.st_blocks
    return isAsNew ? .asNew : .empty
  }

  /// Appends bytes.
  public func append(_ bytes: [UInt8]) {
    _ = lseek(file, 0, SEEK_END)
    _ = write(file, bytes, bytes.count)
  }

  /// Gives it a name. The name must be free.
  public func name(_ name: String, in folder: GuardedFolder) throws(FileFault) {
    guard OSText.withCString(name, { clinux_name_at(file, folder.descriptor, $0) }) == 0 else {
      throw .last(folder.path + "/" + name)
    }
  }

  /// Copies its contents to a file with that name, by the rules of ``GuardedFolder/writing(_:appends:mode:)``. Used if
  /// it could not be given the name.
  public func copy(to name: String, in folder: GuardedFolder) throws(FileFault) {
    let copy = try folder.writing(name)
    defer { close(copy) }
    var offset: off_t = 0
    while true {
      let count = clinux_copy(file, &offset, copy)
      if count == 0 { return }
      guard count > 0 else { throw .last(folder.path + "/" + name) }
    }
  }
}

extension GuardedFolder {
  /// Whether the name is free.
  public func isFree(_ name: String) -> Bool {
    var found = stat()
    return OSText.withCString(name) { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) } != 0
      && errno == ENOENT
  }

  /// Removes an empty file of this user unless another process has it open for writing.
  public func removeEmpty(_ name: String) {
    // Most files with a name are not empty, and are not opened.
    var found = stat()
    guard OSText.withCString(name, { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) }) == 0,
      found.st_mode & S_IFMT == S_IFREG, found.st_size == 0, isOurs(owner: found.st_uid), found.st_nlink == 1
    else { return }
    let file = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, 0) }
    guard file >= 0 else { return }
    // Closing the descriptor drops the lease. A process that opens the file before waits until then, and gets a file
    // without a name.
    defer { close(file) }
    var opened = stat()
    guard clinux_prepare_lease(file) == 0, clinux_lease(file) == 0, fstat(file, &opened) == 0,
      opened.st_ino == found.st_ino,
      opened.st_dev == found.st_dev, opened.st_size == 0
    else { return }
    _ = OSText.withCString(name) { unlinkat(descriptor, $0, 0) }
  }
}
