import CLinux
import Glibc
import OSText

/// Whether a folder's disk is full.
public enum DiskRoom {
  /// Number of bytes written as a test: the usual allocation unit of file systems.
  private static let probe = 4096

  /// Whether an errno says that the disk is full, that the user's quota is exhausted, or that a file has reached the
  /// process's size limit (`ulimit -f`).
  public static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// Why no more bytes can be written in a folder (errno). To find out, it writes a few bytes to a file and deletes it:
  /// the figures of the file system include neither quotas nor the blocks reserved for root.
  ///
  /// - Returns: nil if there is room, or if it cannot be determined.
  public static func fault(in folder: String) -> Int32? {
    let name = "\(folder)/.jobmon-room-\(getpid())"
    let file = OSText.withCString(name) { clinux_open_new_at(AT_FDCWD, $0, 0, 0o600) }
    guard file >= 0 else { return isFull(errno) ? errno : nil }
    _ = OSText.withCString(name) { unlink($0) }
    var why: Int32 = 0
    withUnsafeTemporaryAllocation(byteCount: probe, alignment: 1) { bytes in
      // File systems may allocate no blocks for zeros.
      bytes.initializeMemory(as: UInt8.self, repeating: 0xA5)
      var rest = probe
      while rest > 0, why == 0 {
        let count = write(file, bytes.baseAddress, rest)
        if count > 0 { rest -= count } else if errno != EINTR { why = count == 0 ? ENOSPC : errno }
      }
    }
    // A network file system may report the fault only on close.
    if close(file) != 0, why == 0 { why = errno }
    return isFull(why) ? why : nil
  }

  /// The same for a folder that may not exist. It then tests the nearest folder above it that exists.
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
