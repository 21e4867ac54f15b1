import Foundation

/// Small files that only their owner can read.
public enum PrivateFile {
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
      try FileManager.default.createDirectory(
        atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
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
