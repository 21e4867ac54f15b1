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
      try OSFile.write(data, to: path, mode: 0o666)
    } catch {
      let folder = OSFile.folder(of: OSFile.absolute(path, in: OSFile.currentFolder))
      let why = (error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
      throw RunRefusal(
        .invalidUsage,
        "\(option) \(path): it cannot be written: "
          + (OSFile.isFolder(folder) ? why ?? error.localizedDescription : "there is no folder \(folder)"))
    }
  }
}
