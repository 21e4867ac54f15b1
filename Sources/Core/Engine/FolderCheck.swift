import Foundation
import JobmonModel

/// Checks whether folders of this machine can be used, as far as possible without changing anything.
enum FolderCheck {
  /// Why commands cannot run in a folder; nil if they can.
  static func fault(ofWorkingDirectory path: String) -> String? {
    if let why = whyNoFolder(path) { return why }
    return OSFile.can(path, X_OK) ? nil : reason
  }

  /// Why files cannot be created in a folder, which may not exist yet; nil if they can.
  static func fault(ofLogs path: String) -> String? {
    var folder = path
    while true {
      let why = whyNoFolder(folder)
      if why == nil { return OSFile.can(folder, W_OK | X_OK) ? nil : named(folder, besides: path, reason) }
      guard errno == ENOENT, folder != "/" else {
        return why.map { named(folder, besides: path, $0) }
      }
      folder = OSFile.folder(of: folder)
    }
  }

  /// Leaves the system's error in errno.
  private static func whyNoFolder(_ path: String) -> String? {
    guard let found = OSFile.status(path) else { return reason }
    if found.st_mode & S_IFMT == S_IFDIR { return nil }
    errno = ENOTDIR
    return reason
  }

  /// The reason, with the name of the faulty folder if that is a folder above the given one.
  private static func named(_ folder: String, besides path: String, _ why: String) -> String {
    folder == path ? why : "\(folder): \(why)"
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
