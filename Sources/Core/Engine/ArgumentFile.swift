import Foundation
import GuardedFiles
import JobmonModel

/// A file with the value of an argument that is too long for the environment.
struct ArgumentFile: Hashable, Sendable {
  /// `JOBMON_ARG_FILE_<NAME>`.
  let variable: String
  let path: String
  private let value: String

  /// - Parameters:
  ///   - variable: the variable that would contain the value: `JOBMON_ARG_<NAME>`.
  ///   - log: a log file of the instance; the argument file is created beside it.
  init(variable: String, value: String, beside log: String) {
    let name = variable.dropFirst("JOBMON_ARG_".count)
    self.variable = "JOBMON_ARG_FILE_\(name)"
    path = "\(log).\(name)"
    self.value = value
  }

  /// Writes the file, readable only by the user, and creates the folders above it.
  func write() throws(FileFault) {
    let (folder, name) = LogPath.split(path)
    let file = try GuardedFolder.ofLogs(folder, makes: true).writing(name)
    defer { close(file) }
    let failure = Descriptor.write(value, to: file)
    if failure != 0 { throw FileFault(path, .system(failure)) }
  }
}
