import GuardedFiles

extension LogFiles {
  /// How much of the end of a standard error file a failure shows: lines, and bytes.
  private static let (tailLines, tailBytes) = (10, 4096)

  /// The last lines of a log file; nil where there is none or nothing in it. Where the command has put something else in its
  /// place: what that is.
  package static func tail(of path: String) -> String? {
    var tail = LogTail(most: tailBytes)
    do throws(FileFault) { return try tail.lines(of: path, last: tailLines) } catch {
      return "\(path) cannot be shown: \(error)"
    }
  }
}
