import Foundation

/// Whether folders of this machine can be used, as far as that can be seen without changing anything.
enum FolderCheck {
  /// Why commands cannot run in a folder; nil where they can.
  static func fault(ofWorkingDirectory path: String) -> String? {
    if let why = whyNoFolder(path) { return why }
    return access(path, X_OK) == 0 ? nil : reason
  }

  /// Why files cannot be made in a folder, which need not be there yet; nil where they can.
  static func fault(ofLogs path: String) -> String? {
    var folder = path
    while true {
      let why = whyNoFolder(folder)
      if why == nil { return access(folder, W_OK | X_OK) == 0 ? nil : named(folder, besides: path, reason) }
      guard errno == ENOENT, let slash = folder.lastIndex(of: "/"), folder != "/" else {
        return why.map { named(folder, besides: path, $0) }
      }
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
  }

  /// Leaves in errno what the system said.
  private static func whyNoFolder(_ path: String) -> String? {
    var found = stat()
    guard stat(path, &found) == 0 else { return reason }
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
