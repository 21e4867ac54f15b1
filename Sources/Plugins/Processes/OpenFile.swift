import Glibc

/// The identity of a file; two values are equal if they are the same file.
public struct OpenFile: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t

  private init(_ found: stat) { (device, inode) = (found.st_dev, found.st_ino) }

  /// nil, with errno, if the descriptor is not open.
  public init?(descriptor: Int32) {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return nil }
    self.init(found)
  }

  /// nil, with errno, if the path cannot be resolved.
  public init?(path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    self.init(found)
  }
}
