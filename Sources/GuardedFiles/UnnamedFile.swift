import CLinux
import Glibc
import OSText

/// A file that has no name until it is given one: what is never named leaves nothing behind, whatever becomes of us.
///
/// Those who write to it get descriptors of their own. One that nobody has written to, changed or kept open is as good as new
/// and can be handed to the next: on ext4 to make a file takes ten times as long as that.
public final class UnnamedFile {
  /// Ours: no offset or flag of it is shared with those who write.
  private let file: Int32
  /// Its status before anybody had it.
  private let before: stat

  private init(_ file: Int32, _ before: stat) {
    self.file = file
    self.before = before
  }

  deinit { close(file) }

  /// Makes one, private to the user.
  ///
  /// - Parameter folder: where it can be named, as in folders below.
  /// - Returns: nil, with errno (``isLasting(_:)``).
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

  /// Whether no file can be made so in a folder where this was the errno: its file system has no files without names, or does
  /// not say who has a file open; or there is no /proc. Else it has to do with this moment.
  public static func isLasting(_ code: Int32) -> Bool {
    ![EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, EINTR, EIO].contains(code)
  }

  /// Opens it for somebody who writes to it, from its beginning on.
  ///
  /// - Returns: a descriptor, closed on exec; -1 with errno.
  public func open() -> Int32 { clinux_open_again(file) }

  /// What has become of it.
  public enum Condition: Hashable, Sendable {
    /// It is as it was when it was made, and nobody but us has it open.
    case asNew
    /// It is empty, and nobody but us has it open; its mode may be another, for example.
    case empty
    /// Something is in it, or may come: somebody has it open yet.
    case used
  }

  /// Any change, of its bytes, mode, owner or names, has changed the time of its last change.
  public var condition: Condition {
    var now = stat()
    // The lease first: once it was granted nobody is left who could write.
    guard clinux_lease(file) == 0, clinux_drop_lease(file) == 0, fstat(file, &now) == 0, now.st_size == 0
    else { return .used }
    let isAsNew =
      now.st_ctim.tv_sec == before.st_ctim.tv_sec && now.st_ctim.tv_nsec == before.st_ctim.tv_nsec
      && now.st_mode == before.st_mode && now.st_uid == before.st_uid && now.st_gid == before.st_gid
      && now.st_nlink == before.st_nlink && now.st_blocks == before.st_blocks
    return isAsNew ? .asNew : .empty
  }

  /// Adds something at its end.
  public func append(_ bytes: [UInt8]) {
    _ = lseek(file, 0, SEEK_END)
    _ = write(file, bytes, bytes.count)
  }

  /// Gives it a name that nothing has yet.
  public func name(_ name: String, in folder: GuardedFolder) throws(FileFault) {
    guard OSText.withCString(name, { clinux_name_at(file, folder.descriptor, $0) }) == 0 else {
      throw .last(folder.path + "/" + name)
    }
  }

  /// Writes what it holds to a file under that name, with the rules of ``GuardedFolder/writing(_:appends:mode:)``: where it
  /// could not be named.
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
  /// Whether nothing has this name.
  public func isFree(_ name: String) -> Bool {
    var found = stat()
    return OSText.withCString(name) { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) } != 0
      && errno == ENOENT
  }

  /// Removes a file of ours that is empty, where nobody has it open who could write to it yet.
  public func removeEmpty(_ name: String) {
    // Most that have a name hold something, and are not opened.
    var found = stat()
    guard OSText.withCString(name, { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) }) == 0,
      found.st_mode & S_IFMT == S_IFREG, found.st_size == 0, isOurs(owner: found.st_uid), found.st_nlink == 1
    else { return }
    let file = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, 0) }
    guard file >= 0 else { return }
    // Dropped with the descriptor. Who opens it before waits until then, and has a file without a name.
    defer { close(file) }
    var opened = stat()
    guard clinux_prepare_lease(file) == 0, clinux_lease(file) == 0, fstat(file, &opened) == 0,
      opened.st_ino == found.st_ino,
      opened.st_dev == found.st_dev, opened.st_size == 0
    else { return }
    _ = OSText.withCString(name) { unlinkat(descriptor, $0, 0) }
  }
}
