import CLinux
import Glibc
import OSText

/// Opens files whose names others could have prepared, or which a command could have replaced. Only regular files are
/// used, no link is followed, and opening never blocks.
public enum GuardedFile {
  /// Opens a file that belongs to a task's command for reading.
  ///
  /// - Returns: a descriptor, closed on exec.
  public static func reading(_ path: String) throws(FileFault) -> Int32 {
    let file = OSText.withCString(path) { clinux_open_old_at(AT_FDCWD, $0, 0, 0) }
    guard file >= 0 else { throw refusal(of: path, in: AT_FDCWD, path, code: errno) }
    _ = try status(of: file, path)
    return file
  }

  /// The status of an open file. If it is not a regular file, it is closed.
  fileprivate static func status(of file: Int32, _ path: String) throws(FileFault) -> stat {
    var found = stat()
    let fault: FileFault? =
      fstat(file, &found) == 0
      ? FileFault.Reason(kindOf: found).map { FileFault(path, $0) } : .last(path)
    // It was opened with O_NONBLOCK. Regular files ignore that, but processes that inherit the descriptor expect the
    // usual flags.
    if let fault = fault ?? (clinux_let_block(file) == 0 ? nil : .last(path)) {
      close(file)
      throw fault
    }
    return found
  }

  /// Why a name cannot be opened. The kind of the file says more than the system's errno (ENXIO for a FIFO without a
  /// reader).
  fileprivate static func refusal(of name: String, in folder: Int32, _ path: String, code: Int32) -> FileFault
  {
    var found = stat()
    if code != ENOENT,
      OSText.withCString(name, { fstatat(folder, $0, &found, AT_SYMLINK_NOFOLLOW) }) == 0,
      found.st_mode & S_IFMT != S_IFREG, let reason = FileFault.Reason(kindOf: found)
    {
      return FileFault(path, reason)
    }
    return FileFault(path, .system(code))
  }
}

extension GuardedFolder {
  private static var mostTries: Int { 20 }

  /// Opens a file in this folder for writing. It is created if it does not exist. An existing file must be a regular
  /// file of this user, without a second name.
  ///
  /// - Parameters:
  ///   - appends: write at its end; otherwise it is emptied.
  ///   - mode: of a new file; by default it is private to the user.
  /// - Returns: a descriptor, closed on exec.
  public func writing(_ name: String, appends: Bool = false, mode: mode_t = 0o600) throws(FileFault) -> Int32
  {
    let full = path + "/" + name
    var tries = 0
    while true {
      tries += 1
      // The usual case. A new file needs no checks.
      let new = OSText.withCString(name) { clinux_open_new_at(descriptor, $0, appends ? 1 : 0, mode) }
      if new >= 0 { return new }
      guard errno == EEXIST else {
        throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno)
      }
      let old = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, appends ? 1 : 0) }
      // It was removed since. The number of tries is limited in case another process creates and removes it repeatedly.
      if old < 0, errno == ENOENT, tries < Self.mostTries { continue }
      guard old >= 0 else { throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno) }
      try take(old, full, appends: appends)
      return old
    }
  }

  /// Checks that an existing file belongs to this user, and empties it unless `appends`. If a check fails, it is
  /// closed.
  private func take(_ file: Int32, _ full: String, appends: Bool) throws(FileFault) {
    let found = try GuardedFile.status(of: file, full)
    var fault: FileFault?
    if !isOurs(owner: found.st_uid) {
      fault = FileFault(full, .owner(found.st_uid))
    } else if found.st_nlink > 1 {
      fault = FileFault(full, .hardLink)
    } else if !appends, found.st_size > 0, ftruncate(file, 0) != 0 {
      fault = .last(full)
    }
    guard let fault else { return }
    close(file)
    throw fault
  }

  /// Whether a file of this user exists that no other user can write.
  ///
  /// - Throws: if its name is something other than a regular file of this user.
  public func hasOwn(_ name: String) throws(FileFault) -> Bool {
    let full = path + "/" + name
    var found = stat()
    guard OSText.withCString(name, { fstatat(descriptor, $0, &found, AT_SYMLINK_NOFOLLOW) }) == 0 else {
      if errno == ENOENT { return false }
      throw .last(full)
    }
    if let reason = FileFault.Reason(kindOf: found) { throw FileFault(full, reason) }
    guard isOurs(owner: found.st_uid) else { throw FileFault(full, .owner(found.st_uid)) }
    return found.st_mode & 0o022 == 0
  }

  /// Opens an existing file of this user to append to it. It does not create one.
  public func appending(_ name: String) throws(FileFault) -> Int32 {
    let full = path + "/" + name
    let file = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, 1) }
    guard file >= 0 else { throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno) }
    try take(file, full, appends: true)
    return file
  }
}
