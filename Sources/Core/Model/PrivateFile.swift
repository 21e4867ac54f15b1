import Foundation

/// Files that only their owner can read.
public enum PrivateFile {
  /// Makes the folder of a file, and those above it, private to the user; those that are there stay as they are.
  ///
  /// - Throws: what the file system says.
  static func makeFolder(of path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try makeFolder(folder) }
  }

  /// Makes a folder and those above it, private to the user; those that are there stay as they are.
  ///
  /// - Throws: what the file system says.
  static func makeFolder(_ folder: String) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Opens a file to write to, with the folders above it; a new one is private from its first byte.
  ///
  /// - Parameter adding: behind what it holds; else it is emptied.
  /// - Throws: what the file system says.
  static func open(_ path: String, adding: Bool = false) throws -> FileHandle {
    try makeFolder(of: path)
    let file = Foundation.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (adding ? O_APPEND : O_TRUNC), 0o600)
    guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return FileHandle(fileDescriptor: file, closeOnDealloc: true)
  }

  /// Writes a file whole or not at all. A new one, and a folder that has to be made for it, are private; one that is
  /// there keeps its permissions, and a link to it stays.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage`, naming the file.
  public static func write(_ text: String, to path: String) throws {
    let target =
      (try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isSymbolicLinkKey]).isSymbolicLink) == true
      ? URL(fileURLWithPath: path).resolvingSymlinksInPath().path : path
    let fresh = "\(target).new-\(getpid())"
    do {
      try makeFolder(of: target)
      let mode = try? FileManager.default.attributesOfItem(atPath: target)[.posixPermissions]
      guard
        FileManager.default.createFile(
          atPath: fresh, contents: nil, attributes: [.posixPermissions: mode ?? 0o600]),
        let file = FileHandle(forWritingAtPath: fresh)
      else { throw CocoaError(.fileWriteNoPermission) }
      try file.write(contentsOf: Data(text.utf8))
      try file.synchronize()
      try file.close()
      guard rename(fresh, target) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    } catch {
      unlink(fresh)
      throw RunRefusal(.invalidUsage, "\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}
