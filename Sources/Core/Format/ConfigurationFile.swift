import Foundation
import JobmonModel
import Yams

/// A configuration file that a setting is written into; the rest of it stays as it is, comments included.
public struct ConfigurationFile {
  /// The absolute path of the file, which need not exist.
  public let path: String
  private let text: String

  /// - Parameter path: without it `~/.jobmon.yaml`. There need not be one yet.
  /// - Throws: ``RunRefusal`` where the file says something that makes no sense.
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

  /// Writes a setting down.
  ///
  /// - Returns: what stood there before; nil where nothing did.
  /// - Throws: ``RunRefusal``: an unknown key, a value that makes no sense, a file that cannot be written, or that is
  ///   written in a way that only a person can change.
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

  /// What a file says, by key.
  private func settings(in text: String) throws -> [String: String] {
    try Configuration(text: text, path: path).settings.filter { $0.value.origin != .standard }.mapValues(
      \.value)
  }

  /// The text with the value in its place; nil where that place is not one line's. What is in braces or quotes may be
  /// JSON, and stays such.
  private func edited(_ key: String, _ value: String) throws -> String? {
    let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
    // Numbers are written as such: no value is ever anything but text.
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

/// A text that is changed at the positions that a YAML parser names.
private struct FileLines {
  private var lines: [String]
  /// As the file has it: "\n", or "\r\n".
  private let lineEnd: String

  init(_ text: String) {
    lines = TextLines.split(text).map(String.init)
    if text.isEmpty || text.utf8.last == UInt8(ascii: "\n") { lines.append("") }
    // To Swift "\r\n" is one character.
    lineEnd = text.contains("\r\n" as Character) ? "\r\n" : "\n"
  }

  var text: String { lines.joined(separator: lineEnd) }

  /// Adds lines at the end.
  mutating func append(_ more: [String]) {
    if lines.last == "" { lines.removeLast() }
    lines += more + [""]
  }

  /// The text from a position on to the end of its line; nil where there is no such position.
  private func rest(_ mark: Mark?) -> (line: Int, before: String, rest: String)? {
    guard let mark, lines.indices.contains(mark.line - 1) else { return nil }
    let line = lines[mark.line - 1].unicodeScalars
    return (
      mark.line - 1, String(String.UnicodeScalarView(line.prefix(mark.column - 1))),
      String(String.UnicodeScalarView(line.dropFirst(mark.column - 1)))
    )
  }

  /// Whether a mapping begins there that is written in braces.
  func hasBrace(at mark: Mark?) -> Bool { rest(mark)?.rest.first == "{" }

  mutating func insert(_ text: String, behindBraceAt mark: Mark?) -> String? {
    guard let (line, before, rest) = rest(mark) else { return nil }
    lines[line] = before + "{" + text + rest.dropFirst()
    return self.text
  }

  /// Adds a line before the one at a position, as far to the right.
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
