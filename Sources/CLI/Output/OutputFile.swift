import Foundation
import JobmonCore

/// Files that commands write for people.
enum OutputFile {
  /// Writes a file whole, in place of one that is there.
  ///
  /// - Parameter option: what named it, for the error.
  /// - Throws: ``RunRefusal`` with `invalid_usage`, naming the file and why it cannot be written.
  static func write(_ data: Data, to path: String, named option: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw RunRefusal(.invalidUsage, "\(option) \(path): it cannot be written: \(why(error, path))")
    }
  }

  /// In the system's words, where it has any.
  private static func why(_ error: any Error, _ path: String) -> String {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      return "there is no folder \(folder)"
    }
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    if file < 0 { return String(cString: strerror(errno)) }
    close(file)
    return error.localizedDescription
  }
}
