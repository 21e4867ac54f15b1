import CLinux
import Glibc
import OSText

/// Files under names that others could have prepared, or that a command could have replaced: only regular files are used,
/// no link is followed, and opening one waits for nobody.
public enum GuardedFile {
  /// Opens a file of somebody's commands for reading.
  ///
  /// - Returns: a descriptor, closed on exec.
  public static func reading(_ path: String) throws(FileFault) -> Int32 {
    let file = OSText.withCString(path) { clinux_open_old_at(AT_FDCWD, $0, 0, 0) }
    guard file >= 0 else { throw refusal(of: path, in: AT_FDCWD, path, code: errno) }
    _ = try status(of: file, path)
    return file
  }

  /// The status of an open file, which is closed again where it is no regular one.
  fileprivate static func status(of file: Int32, _ path: String) throws(FileFault) -> stat {
    var found = stat()
    let fault: FileFault? =
      fstat(file, &found) == 0
      ? FileFault.Reason(kindOf: found).map { FileFault(path, $0) } : .last(path)
    // A regular file never waits, but whoever inherits the descriptor should find it as usual.
    if let fault = fault ?? (clinux_let_block(file) == 0 ? nil : .last(path)) {
      close(file)
      throw fault
    }
    return found
  }

  /// Why a name cannot be opened: what is there says more than the system does (ENXIO for a FIFO that nobody reads).
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

  /// Opens a file in this folder for writing. One that is not there is made, private to the user; one that is there has to be
  /// a regular file of ours, without another name.
  ///
  /// - Parameter appends: behind what it holds; else it is emptied.
  /// - Returns: a descriptor, closed on exec.
  public func writing(_ name: String, appends: Bool = false, mode: mode_t = 0o600) throws(FileFault) -> Int32
  {
    let full = path + "/" + name
    var tries = 0
    while true {
      tries += 1
      // Nearly always: what we have just made needs no look.
      let new = OSText.withCString(name) { clinux_open_new_at(descriptor, $0, appends ? 1 : 0, mode) }
      if new >= 0 { return new }
      guard errno == EEXIST else {
        throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno)
      }
      let old = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, appends ? 1 : 0) }
      // It has gone meanwhile. Who makes and removes it all the time does not keep us.
      if old < 0, errno == ENOENT, tries < Self.mostTries { continue }
      guard old >= 0 else { throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno) }
      try take(old, full, appends: appends)
      return old
    }
  }

  /// Makes sure that an existing file is ours, and empties it; else it is closed.
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

  /// Whether a file is there that is ours, and that nobody else can write.
  ///
  /// - Throws: where there is something else under its name.
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

  /// Opens a file of ours that is there, to add to it; nothing is made.
  public func appending(_ name: String) throws(FileFault) -> Int32 {
    let full = path + "/" + name
    let file = OSText.withCString(name) { clinux_open_old_at(descriptor, $0, 1, 1) }
    guard file >= 0 else { throw GuardedFile.refusal(of: name, in: descriptor, full, code: errno) }
    try take(file, full, appends: true)
    return file
  }
}
