import Foundation
import JobmonCore

/// Files that commands write for people.
enum OutputFile {
  /// What stands for standard output where a file is asked for.
  static let standardOutput = "-"

  /// Writes a file as ``FileOutput`` does, or prints it where the path is `-`.
  ///
  /// - Parameter option: what named it, for the error.
  /// - Throws: ``RunRefusal`` with `invalid_usage`, naming the file and why it cannot be written; ``OutputFailure``.
  static func write(_ data: Data, to path: String, named option: String) throws {
    if path == standardOutput { return try StandardOutput.write(data) }
    do throws(FileOutput.Fault) {
      try FileOutput.write(data, to: path)
    } catch {
      throw RunRefusal(UsageFault.unwritable(path, option: option, reason: "\(error)"))
    }
  }
}
