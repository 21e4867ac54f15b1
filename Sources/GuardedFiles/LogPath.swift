import Glibc

/// The paths of log files: which of their folders a person has chosen, and which jobmon creates.
public enum LogPath {
  /// Maximum number of folders that jobmon creates below a workflow's folder: the template's, and one per thousand
  /// tasks.
  private static let deepest = 2

  /// The folder of a log file, and its name there.
  public static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
    return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
  }

  /// The log root above a folder: the path before the folder of a workflow, which is named `<id>-<6 hex digits of the
  /// store's id>`. If no part of the path is a workflow's folder, a person has chosen it (`stdout`, `stderr` of a
  /// task), and it is returned itself.
  public static func root(of folder: String) -> String {
    var ends: [String.Index] = []
    var end = folder.endIndex
    // Search from the last part up to the highest level at which the folder of a workflow can be.
    for _ in 0...deepest {
      guard let slash = folder.utf8[..<end].lastIndex(of: UInt8(ascii: "/")) else { break }
      if isWorkflow(folder.utf8[folder.utf8.index(after: slash)..<end]) { ends.append(slash) }
      end = slash
    }
    // A template may have a name like a workflow's folder. The higher folder is then the workflow's.
    return ends.last.map { String(folder[..<$0]) } ?? folder
  }

  /// The outermost folder of the path that jobmon creates: that of the workflow. If the folder is in none, the folder
  /// itself.
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
