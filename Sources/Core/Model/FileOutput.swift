import Foundation
import OSText

/// Writes output files that a user has named. All such files are written here.
///
/// A regular file is replaced completely or not at all, and keeps its permissions. If the path is a symbolic link to
/// it, the link is kept. Other kinds of files, such as FIFOs and devices, are opened and written to.
public enum FileOutput {
  /// Why a file cannot be written; ``description`` is the system's reason.
  public struct Fault: Error, CustomStringConvertible {
    /// errno.
    public var code: Int32
    /// The folder of the file, if it does not exist.
    public var missingFolder: String?

    /// The missing folder, or the system's text for ``code`` (strerror(3)).
    public var description: String {
      missingFolder.map { "there is no folder \($0)" } ?? String(cString: strerror(code))
    }

    fileprivate static var last: Fault { Fault(code: errno) }
  }

  /// Maximum number of symbolic links in a chain, the same as in the kernel.
  private static let mostLinks = 40

  /// Writes a file.
  ///
  /// - Parameter isPrivate: whether a new file is readable only by its owner; otherwise the umask decides.
  public static func write(_ bytes: Data, to path: String, isPrivate: Bool = false) throws(Fault) {
    let target = try resolve(path)
    guard let found = OSFile.status(target) else {
      guard errno == ENOENT else { throw .last }
      return try replace(target, by: bytes, mode: isPrivate ? 0o600 : 0o666, over: nil)
    }
    if found.st_mode & S_IFMT == S_IFREG {
      // Renaming a file over this one needs no permission to write it, so the permission is checked here.
      guard OSFile.can(target, W_OK) else { throw .last }
      return try replace(target, by: bytes, mode: 0o600, over: found)
    }
    let file = OSFile.open(target, O_WRONLY | O_NOCTTY)
    guard file >= 0 else { throw .last }
    let failure = write(bytes, to: file)
    guard failure == 0 else {
      close(file)
      throw Fault(code: failure)
    }
    guard close(file) == 0 else { throw .last }
  }

  /// The path after following its symbolic links, whether or not the file exists.
  static func resolve(_ path: String) throws(Fault) -> String {
    var path = path
    for _ in 0..<mostLinks {
      guard let found = OSFile.status(path, followsLinks: false) else {
        guard errno == ENOENT else { throw .last }
        return path
      }
      guard found.st_mode & S_IFMT == S_IFLNK else { return path }
      guard let link = OSText.target(ofLink: path) else { throw .last }
      path = link.hasPrefix("/") ? link : folder(of: path) + "/" + link
    }
    throw Fault(code: ELOOP)
  }

  /// Writes a new file in the same folder, syncs it, and renames it to the target.
  private static func replace(
    _ target: String, by bytes: Data, mode: mode_t, over old: stat?
  ) throws(Fault) {
    let folder = folder(of: target)
    let fresh = "\(folder)/.jobmon-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let file = OSFile.open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY, mode)
    guard file >= 0 else {
      let code = errno
      throw Fault(code: code, missingFolder: code == ENOENT ? folder : nil)
    }
    var failure = write(bytes, to: file)
    if failure == 0, let old {
      // If the owner cannot be changed, the file stays with this user. Changing the owner clears special mode bits, so
      // the mode is set last.
      _ = fchown(file, old.st_uid, old.st_gid)
      if fchmod(file, old.st_mode & 0o7777) != 0 { failure = errno }
    }
    if failure == 0, fsync(file) != 0 { failure = errno }
    if close(file) != 0, failure == 0 { failure = errno }
    if failure == 0, !OSFile.rename(fresh, target) { failure = errno }
    guard failure == 0 else {
      OSFile.unlink(fresh)
      throw Fault(code: failure)
    }
  }

  private static func write(_ bytes: Data, to file: Int32) -> Int32 {
    bytes.withUnsafeBytes { Descriptor.write($0, to: file) }
  }

  private static func folder(of path: String) -> String {
    let folder = OSFile.folder(of: path)
    return folder == path ? "." : folder
  }
}
