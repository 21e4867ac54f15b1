import Foundation
import OSText

/// What the clusters of a workflow's runs had to say for themselves: `run.log` in the folder of its log files, one line
/// each, with control characters made visible. It is made with its first line.
final class RunLog {
  let path: String
  private var file: FileHandle?
  private var isBroken = false

  init(path: String) { self.path = path }

  /// - Returns: why it cannot be written; said once.
  func append(_ cluster: String, _ level: LogLevel, _ text: String) -> String? {
    guard !isBroken else { return nil }
    do {
      let file = try file ?? PrivateFile.open(path, adding: true)
      self.file = file
      try file.write(
        contentsOf: Data(
          "\(Timestamp.now.iso8601) \(VisibleText.line("\(cluster): \(level.rawValue): \(text)"))\n".utf8))
      return nil
    } catch {
      isBroken = true
      return "\(path) cannot be written: what the clusters say is not kept"
    }
  }
}
