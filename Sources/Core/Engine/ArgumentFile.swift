import Foundation
import GuardedFiles
import JobmonModel

/// The value of an argument that is too long for the environment: the command finds it in a file.
struct ArgumentFile: Hashable, Sendable {
  /// `JOBMON_ARG_FILE_<NAME>`.
  let variable: String
  let path: String
  private let value: String

  /// - Parameters:
  ///   - variable: the variable that would hold the value: `JOBMON_ARG_<NAME>`.
  ///   - log: a log file of the instance; the file stands beside it.
  init(variable: String, value: String, beside log: String) {
    let name = variable.dropFirst("JOBMON_ARG_".count)
    self.variable = "JOBMON_ARG_FILE_\(name)"
    path = "\(log).\(name)"
    self.value = value
  }

  /// Writes it, private to the user, with the folders above it.
  func write() throws(FileFault) {
    let (folder, name) = LogPath.split(path)
    let file = try GuardedFolder.ofLogs(folder, makes: true).writing(name)
    defer { close(file) }
    let failure = Descriptor.write(value, to: file)
    if failure != 0 { throw FileFault(path, .system(failure)) }
  }
}
