import CLinux
import Glibc
import OSText

/// Whether the disk of a folder takes anything more.
public enum DiskRoom {
  /// As much as a file system allocates at a time, as a rule, in bytes.
  private static let probe = 4096

  /// Whether an errno says that there is no room: on the disk, within the user's quota, or within the limit that the
  /// process has for the size of a file (`ulimit -f`).
  public static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// Why a folder takes no more bytes (errno): a few are written to a file without a name. The file system's own figures
  /// know nothing of quotas, nor of what is kept for root.
  ///
  /// - Returns: nil where there is room, or where that cannot be told.
  public static func fault(in folder: String) -> Int32? {
    let name = "\(folder)/.jobmon-room-\(getpid())"
    let file = OSText.withCString(name) { clinux_open_new_at(AT_FDCWD, $0, 0, 0o600) }
    guard file >= 0 else { return isFull(errno) ? errno : nil }
    _ = OSText.withCString(name) { unlink($0) }
    var why: Int32 = 0
    withUnsafeTemporaryAllocation(byteCount: probe, alignment: 1) { bytes in
      // Zeros may take no room.
      bytes.initializeMemory(as: UInt8.self, repeating: 0xA5)
      var rest = probe
      while rest > 0, why == 0 {
        let count = write(file, bytes.baseAddress, rest)
        if count > 0 { rest -= count } else if errno != EINTR { why = count == 0 ? ENOSPC : errno }
      }
    }
    // A network file system may say so only now.
    if close(file) != 0, why == 0 { why = errno }
    return isFull(why) ? why : nil
  }

  /// The same for a folder that may not be there yet: then those above it are asked.
  public static func fault(inOrAbove folder: String) -> Int32? {
    var folder = folder
    var found = stat()
    while OSText.withCString(folder, { stat($0, &found) }) != 0, errno == ENOENT,
      let slash = folder.utf8.lastIndex(of: UInt8(ascii: "/")), slash > folder.startIndex
    {
      folder = String(folder[..<slash])
    }
    return fault(in: folder)
  }
}
