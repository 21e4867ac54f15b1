import Foundation
import GuardedFiles
import OSText

extension LogFiles {
  /// How much of the end of a standard error file a failure shows.
  static let tailLines = 10
  static let tailBytes = 4096

  /// The last lines of a log file; nil where there is none or nothing in it. Where the command has put something else in its
  /// place: what that is.
  package static func tail(of path: String) -> String? {
    let file: FileHandle
    do throws(FileFault) {
      file = FileHandle(fileDescriptor: try GuardedFile.reading(path), closeOnDealloc: true)
    } catch {
      return error.isRefusal ? "\(path) cannot be shown: \(error)" : nil
    }
    defer { try? file.close() }
    guard let size = try? file.seekToEnd(), size > 0 else { return nil }
    let start = size > UInt64(tailBytes) ? size - UInt64(tailBytes) : 0
    guard (try? file.seek(toOffset: start)) != nil, let bytes = try? file.readToEnd() else { return nil }
    return TextLines.split(String(decoding: bytes, as: UTF8.self)).suffix(tailLines).joined(separator: "\n")
  }
}
