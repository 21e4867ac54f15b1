import GuardedFiles

extension LogFiles {
  /// The part of a standard error file that is shown with a failure: the last lines, within the last bytes.
  private static let (tailLines, tailBytes) = (10, 4096)

  /// The last lines of a log file; nil if it does not exist or is empty. If the file cannot be used because the command
  /// has replaced it, a text that says so.
  package static func tail(of path: String) -> String? {
    var tail = LogTail(most: tailBytes)
    do throws(FileFault) { return try tail.lines(of: path, last: tailLines) } catch {
      return "\(path) cannot be shown: \(error)"
    }
  }
}
