import Foundation
import JobmonModel
import Yams

/// A configuration file in which a setting can be changed. The rest of the file is kept, including comments.
public struct ConfigurationFile {
  /// The absolute path of the file. It need not exist.
  public let path: String
  private let text: String

  /// Reads a configuration file. It need not exist.
  ///
  /// - Parameter path: nil: `~/.jobmon.yaml`.
  /// - Throws: ``RunRefusal`` if the file cannot be read, or if other users can write it.
  public init(path: String?) throws {
    self.path =
      path.map { WorkflowFile.absolute($0, in: OSFile.currentFolder) }
      ?? HomeFolder.path + "/.jobmon.yaml"
    try Configuration.requireTrust(self.path)
    text = OSFile.contents(self.path).map { TextLines.withoutMark(String(decoding: $0, as: UTF8.self)) } ?? ""
    guard
      !text.isEmpty || !OSFile.exists(self.path)
        || OSFile.can(self.path, R_OK)
    else { throw RunRefusal(ConfigurationFault.unreadable(self.path)) }
  }

  /// Changes a setting.
  ///
  /// - Returns: the previous value; nil if there was none.
  /// - Throws: ``RunRefusal`` for an unknown key, an invalid value, a file with invalid settings, a file that cannot be
  ///   written, or a file in a form that only a person can change.
  @discardableResult
  public func set(_ key: String, to value: String) throws -> String? {
    if let fault = Configuration.settingFault(key, value) {
      throw RunRefusal(ConfigurationFault.given(fault))
    }
    let before = try settings(in: text)
    if before[key] == value { return value }
    let edited = try edited(key, value)
    guard let edited, let after = try? settings(in: edited),
      after == before.merging([key: value], uniquingKeysWith: { $1 })
    else {
      throw RunRefusal(ConfigurationFault.notEditable(key: key), in: FilePlace(path))
    }
    try PrivateFile.write(edited, to: path)
    return before[key]
  }

  /// The settings in a file, by key.
  private func settings(in text: String) throws -> [String: String] {
    try Configuration(text: text, path: path).settings.filter { $0.value.origin != .standard }.mapValues(
      \.value)
  }

  /// The text with the new value; nil if the position of the setting is not on a single line. Text in braces or quotes
  /// may be JSON, and remains JSON.
  private func edited(_ key: String, _ value: String) throws -> String? {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    // Numbers are written without quotes. All values are read as text.
    let isPlain = Double(value) != nil || ["true", "false"].contains(value)
    let quoted = isPlain ? value : YAMLText.quoted(value)
    let value = isPlain ? value : YAMLText.scalar(value)
    let root = text.allSatisfy(\.isWhitespace) ? nil : try Yams.compose(yaml: text)
    var lines = FileLines(text)
    guard case .mapping(let sections)? = root else {
      lines.append(["\(parts[0]):", "  \(parts[1]): \(value)"])
      return lines.text
    }
    guard let section = sections.first(where: { $0.key.string == parts[0] })?.value else {
      if lines.hasBrace(at: sections.mark) {
        return lines.insert(
          "\"\(parts[0])\": {\"\(parts[1])\": \(quoted)}\(sections.isEmpty ? "" : ", ")",
          behindBraceAt: sections.mark)
      }
      lines.append(["\(parts[0]):", "  \(parts[1]): \(value)"])
      return lines.text
    }
    guard case .mapping(let members) = section else { return nil }
    if let known = members.first(where: { $0.key.string == parts[1] })?.value {
      guard case .scalar(let scalar) = known else { return nil }
      return lines.replace(scalar, by: scalar.style == .doubleQuoted ? quoted : value)
    }
    if lines.hasBrace(at: members.mark) {
      return lines.insert(
        "\"\(parts[1])\": \(quoted)\(members.isEmpty ? "" : ", ")", behindBraceAt: members.mark)
    }
    return lines.insert(line: "\(parts[1]): \(value)", before: members.first?.key.mark)
  }
}

/// A text that is changed at positions reported by a YAML parser.
private struct FileLines {
  private var lines: [String]
  /// The line end of the file: "\n" or "\r\n".
  private let lineEnd: String

  init(_ text: String) {
    lines = TextLines.split(text).map(String.init)
    if text.isEmpty || text.utf8.last == UInt8(ascii: "\n") { lines.append("") }
    // "\r\n" is a single character in Swift.
    lineEnd = text.contains("\r\n" as Character) ? "\r\n" : "\n"
  }

  var text: String { lines.joined(separator: lineEnd) }

  /// Appends lines.
  mutating func append(_ more: [String]) {
    if lines.last == "" { lines.removeLast() }
    lines += more + [""]
  }

  /// The text from a position to the end of its line; nil if the position does not exist.
  private func rest(_ mark: Mark?) -> (line: Int, before: String, rest: String)? {
    guard let mark, lines.indices.contains(mark.line - 1) else { return nil }
    let line = lines[mark.line - 1].unicodeScalars
    return (
      mark.line - 1, String(String.UnicodeScalarView(line.prefix(mark.column - 1))),
      String(String.UnicodeScalarView(line.dropFirst(mark.column - 1)))
    )
  }

  /// Whether a mapping in braces begins at a position.
  func hasBrace(at mark: Mark?) -> Bool { rest(mark)?.rest.first == "{" }

  mutating func insert(_ text: String, behindBraceAt mark: Mark?) -> String? {
    guard let (line, before, rest) = rest(mark) else { return nil }
    lines[line] = before + "{" + text + rest.dropFirst()
    return self.text
  }

  /// Inserts a line before the one at a position, with the same indentation.
  mutating func insert(line text: String, before mark: Mark?) -> String? {
    guard let (line, before, _) = rest(mark), before.allSatisfy({ $0 == " " }) else { return nil }
    lines.insert(before + text, at: line)
    return self.text
  }

  mutating func replace(_ scalar: Node.Scalar, by value: String) -> String? {
    guard let (line, before, rest) = rest(scalar.mark) else { return nil }
    let old: Substring?
    switch scalar.style {
    case .doubleQuoted: old = rest.prefixMatch(of: #/"([^"\\]|\\.)*"/#)?.0
    case .singleQuoted: old = rest.prefixMatch(of: #/'([^']|'')*'/#)?.0
    default: old = rest.hasPrefix(scalar.string) ? rest.prefix(scalar.string.count) : nil
    }
    guard let old else { return nil }
    lines[line] = before + value + rest.dropFirst(old.count)
    return self.text
  }
}
