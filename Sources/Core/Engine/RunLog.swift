import Foundation
import GuardedFiles
import JobmonExecution
import JobmonModel
import OSText

/// Messages of the clusters of a workflow's runs: `run.log` in the folder of its log files, one line each, with control
/// characters made visible. The first message creates the file.
final class RunLog {
  let path: String
  private var file: FileHandle?
  private var isBroken = false

  init(path: String) { self.path = path }

  /// - Returns: why it cannot be written; reported once.
  func append(_ cluster: String, _ level: LogLevel, _ text: String) -> String? {
    guard !isBroken else { return nil }
    do throws(FileFault) {
      let file = try opened()
      let said = VisibleText.line("\(cluster): \(level.rawValue): \(text)")
      let line = "\(Timestamp.now.iso8601) \(said)\n"
      let failure = Descriptor.write(line, to: file.fileDescriptor)
      if failure != 0 { throw FileFault(path, .system(failure)) }
      return nil
    } catch {
      isBroken = true
      return "\(path) cannot be written: \(error): messages of clusters are not logged"
    }
  }

  private func opened() throws(FileFault) -> FileHandle {
    if let file { return file }
    let (folder, name) = LogPath.split(path)
    let descriptor = try GuardedFolder.ofLogs(folder, makes: true).writing(name, appends: true)
    let opened = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    file = opened
    return opened
  }
}
