import Glibc

/// Which file is open: two are the same one where they are equal.
public struct OpenFile: Hashable, Sendable {
  private let device: dev_t
  private let inode: ino_t

  private init(_ found: stat) { (device, inode) = (found.st_dev, found.st_ino) }

  /// nil, with errno, where the descriptor is none.
  public init?(descriptor: Int32) {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return nil }
    self.init(found)
  }

  /// nil, with errno, where the path leads to none.
  public init?(path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    self.init(found)
  }
}
