import Glibc

/// The paths of log files: which of their folders a person has named, and which are jobmon's own.
public enum LogPath {
  /// How many folders jobmon makes below that of a workflow, at most: its template's and the one of a thousand tasks.
  private static let deepest = 2

  /// A log file's folder, and its name in it.
  public static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }

  /// The log root that a folder is below: what comes before the folder of a workflow, `<id>-<6 hex digits of the store's>`.
  /// The folder itself where it is in none: then a person has named it (`stdout`, `stderr` of a task).
  public static func root(of folder: String) -> String {
    var ends: [String.Index] = []
    var end = folder.endIndex
    // From the last part on, as far as the folder of a workflow can be.
    for _ in 0...deepest {
      guard let slash = folder.utf8[..<end].lastIndex(of: UInt8(ascii: "/")) else { break }
      if isWorkflow(folder.utf8[folder.utf8.index(after: slash)..<end]) { ends.append(slash) }
      end = slash
    }
    // A template may be called like a folder of a workflow: that is the one farther up.
    return ends.last.map { String(folder[..<$0]) } ?? folder
  }

  /// The outermost folder on the way to a folder of log files that jobmon has made, or makes: that of a workflow. The folder
  /// itself where it is in none.
  public static func home(of folder: String) -> String {
    let root = root(of: folder)
    guard root.utf8.count < folder.utf8.count else { return folder }
    let below = folder.utf8.index(folder.startIndex, offsetBy: root.utf8.count + 1)
    let end = folder.utf8[below...].firstIndex(of: UInt8(ascii: "/")) ?? folder.endIndex
    return String(folder[..<end])
  }

  private static func isWorkflow(_ part: Substring.UTF8View) -> Bool {
    let fields = part.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return fields.count == 2 && !fields[0].isEmpty && fields[0].allSatisfy(isDigit) && fields[1].count == 6
      && fields[1].allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
