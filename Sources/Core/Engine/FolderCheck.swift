import Foundation
import JobmonModel

/// Whether folders of this machine can be used, as far as that can be seen without changing anything.
enum FolderCheck {
  /// Why commands cannot run in a folder; nil where they can.
  static func fault(ofWorkingDirectory path: String) -> String? {
    if let why = whyNoFolder(path) { return why }
    return OSFile.can(path, X_OK) ? nil : reason
  }

  /// Why files cannot be made in a folder, which need not be there yet; nil where they can.
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

  /// Leaves in errno what the system said.
  private static func whyNoFolder(_ path: String) -> String? {
    guard let found = OSFile.status(path) else { return reason }
    if found.st_mode & S_IFMT == S_IFDIR { return nil }
    errno = ENOTDIR
    return reason
  }

  /// With the folder that is in the way, where that is one above the folder itself.
  private static func named(_ folder: String, besides path: String, _ why: String) -> String {
    folder == path ? why : "\(folder): \(why)"
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
