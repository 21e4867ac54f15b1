/// A part of a path, as in `{file.stem}`.
enum PathPart: String, CaseIterable {
  /// The last name without its last extension: `b` of `a/b.csv`.
  case stem
  /// The last name: `b.csv` of `a/b.csv`.
  case name
  /// The folder: `a` of `a/b.csv`, `.` of `b.csv`.
  case dir

  func of(_ path: String) -> String {
    var bytes = Array(path.utf8)
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
    let last = slash.map { Array(bytes[($0 + 1)...]) } ?? bytes
    switch self {
    case .name: return String(decoding: last, as: UTF8.self)
    case .stem:
      // A name whose only dot is its first character has no extension.
      guard let dot = last.lastIndex(of: UInt8(ascii: ".")), dot > 0 else {
        return String(decoding: last, as: UTF8.self)
      }
      return String(decoding: last[..<dot], as: UTF8.self)
    case .dir:
      guard let slash else { return "." }
      return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }
  }

  /// The argument and the part in a placeholder; nil if it does not have this form.
  static func split(_ placeholder: String) -> (argument: String, part: PathPart)? {
    let words = placeholder.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 2, let part = PathPart(rawValue: words[1]) else { return nil }
    return (words[0], part)
  }
}
