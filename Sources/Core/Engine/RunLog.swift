import Foundation

/// What the clusters of a workflow's runs had to say for themselves: `run.log` in the folder of its log files, one line
/// each. It is made with its first line.
final class RunLog {
  let path: String
  private var file: FileHandle?
  private var isBroken = false

  init(path: String) { self.path = path }

  /// - Returns: why it cannot be written; said once.
  func append(_ cluster: String, _ level: LogLevel, _ text: String) -> String? {
    guard !isBroken else { return nil }
    if file == nil {
      let folder = (path as NSString).deletingLastPathComponent
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
      if descriptor >= 0 { file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true) }
    }
    do {
      guard let file else { throw CocoaError(.fileNoSuchFile) }
      try file.write(
        contentsOf: Data("\(Timestamp.now.iso8601) \(cluster): \(level.rawValue): \(text)\n".utf8))
      return nil
    } catch {
      isBroken = true
      return "\(path) cannot be written: what the clusters say is not kept"
    }
  }
}
