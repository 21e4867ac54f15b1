import Foundation
import JobmonCore

/// Files that commands write for the user.
enum OutputFile {
  /// The path that stands for standard output.
  static let standardOutput = "-"

  /// Writes a file as ``FileOutput`` does, or prints it if the path is `-`.
  ///
  /// - Parameter option: the option that gave the path, for the error.
  /// - Throws: ``RunRefusal`` with `invalid_usage` and the reason if the file cannot be written; ``OutputFailure``.
  static func write(_ data: Data, to path: String, named option: String) throws {
    if path == standardOutput { return try StandardOutput.write(data) }
    do throws(FileOutput.Fault) {
      try FileOutput.write(data, to: path)
    } catch {
      throw RunRefusal(UsageFault.unwritable(path, option: option, reason: "\(error)"))
    }
  }
}
