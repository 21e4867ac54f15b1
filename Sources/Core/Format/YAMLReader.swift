import Foundation
import JobmonModel
import Yams

/// Parses YAML, which includes JSON, and keeps every character of its texts.
enum YAMLReader {
  /// Parses a text.
  ///
  /// - Returns: nil if the text contains no value.
  /// - Throws: `YamlError`.
  static func node(_ text: String) throws -> Node? {
    let text = JSONSurrogates.joined(text)
    let marks = ByteOrderMarks(text)
    guard let node = try Yams.compose(yaml: marks.hidden) else { return nil }
    return marks.isNeeded ? node.mapped(marks.restored) : node
  }

  /// Expands merged mappings (`<<: *name`). A mapping's own members come first, then those of the merged mappings in
  /// their order (yaml.org/type/merge).
  ///
  /// - Throws: ``RunRefusal`` if the merged value is not a mapping.
  static func merged(_ node: Node, file: String) throws -> Node {
    switch node {
    case .scalar, .alias: return node
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = try merged(sequence[index], file: file) }
      return .sequence(sequence)
    case .mapping(let mapping):
      var pairs: [(Node, Node)] = []
      var sources: [Node] = []
      for (key, value) in mapping {
        let value = try merged(value, file: file)
        if isMerge(key) {
          sources += value.sequence.map(Array.init) ?? [value]
        } else {
          pairs.append((key, value))
        }
      }
      for source in sources {
        guard let other = source.mapping else {
          throw RunRefusal(
            TextFault.merge,
            in: FilePlace(file, line: source.mark?.line, column: source.mark?.column))
        }
        for (key, value) in other where !pairs.contains(where: { $0.0 == key }) { pairs.append((key, value)) }
      }
      return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark, mapping.anchor))
    }
  }

  private static func isMerge(_ key: Node) -> Bool {
    guard case .scalar(let scalar) = key else { return false }
    return scalar.string == "<<" && (scalar.style == .plain || scalar.style == .any)
  }
}

/// Preserves U+FEFF at the beginning of values. The parser would remove it there as a byte order mark. Therefore each
/// one is replaced before parsing and restored afterwards.
private struct ByteOrderMarks {
  private static let mark: Unicode.Scalar = "\u{FEFF}"

  /// The text for the parser.
  let hidden: String
  /// The replacement for each mark. It has the same length in UTF-8, so that columns do not change.
  private let substitute: Unicode.Scalar
  /// The lines of the text if it contains marks written as escapes; otherwise empty.
  private let lines: [Substring]
  private let hasMarks: Bool

  var isNeeded: Bool { hasMarks || !lines.isEmpty }

  init(_ text: String) {
    // Texts with either are very rare, and searching bytes is fast.
    hasMarks = text.hasBytes("\u{FEFF}")
    let hasEscapes =
      (text.hasBytes("\\u") || text.hasBytes("\\U")) && text.firstRange(of: Self.escape) != nil
    lines = hasEscapes ? TextLines.split(text) : []
    guard hasMarks else {
      (hidden, substitute) = (text, Self.mark)
      return
    }
    let used = Set(text.unicodeScalars)
    // The private use range has 6400 characters; hardly any text uses all of them.
    let free = (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar(UInt32($0)) }.first { !used.contains($0) }
    let chosen = free ?? Self.mark
    substitute = chosen
    hidden = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == Self.mark ? chosen : $0 }))
  }

  private static var escape: Regex<Substring> { /\\(?:[uU](?:0000)?[fF][eE][fF][fF])/ }

  /// A scalar's text with its marks restored.
  func restored(_ scalar: Node.Scalar) -> Node.Scalar {
    var scalar = scalar
    if hasMarks, scalar.string.unicodeScalars.contains(substitute) {
      scalar.string = String(
        String.UnicodeScalarView(scalar.string.unicodeScalars.map { $0 == substitute ? Self.mark : $0 }))
    }
    if scalar.style == .doubleQuoted, beginsWithEscape(scalar.mark),
      scalar.string.unicodeScalars.first != Self.mark
    {
      scalar.string = String(Self.mark) + scalar.string
    }
    return scalar
  }

  /// Whether the value at a position begins with an escaped mark, after its anchor and tag.
  private func beginsWithEscape(_ mark: Mark?) -> Bool {
    guard let mark, lines.indices.contains(mark.line - 1) else { return false }
    let rest = String(
      String.UnicodeScalarView(lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)))
    return rest.prefixMatch(of: /(?:[&!]\S*[ \t]+)*"\\[uU](?:0000)?[fF][eE][fF][fF]/) != nil
  }
}

extension String {
  /// Whether the bytes of another text occur in this one.
  func hasBytes(_ other: String) -> Bool {
    var (text, other) = (self, other)
    return text.withUTF8 { text in
      other.withUTF8 { other in
        var rest = UnsafeRawBufferPointer(text)
        while let base = rest.baseAddress, rest.count >= other.count,
          let found = memchr(base, Int32(other[0]), rest.count - other.count + 1)
        {
          if memcmp(found, other.baseAddress!, other.count) == 0 { return true }
          rest = UnsafeRawBufferPointer(rebasing: rest[(UnsafeRawPointer(found) - base + 1)...])
        }
        return false
      }
    }
  }
}

extension Node {
  /// This value with a change applied to all scalars in it.
  fileprivate func mapped(_ change: (Scalar) -> Scalar) -> Node {
    switch self {
    case .scalar(let scalar): return .scalar(change(scalar))
    case .sequence(var sequence):
      for index in sequence.indices { sequence[index] = sequence[index].mapped(change) }
      return .sequence(sequence)
    case .mapping(let mapping):
      let pairs = mapping.map { ($0.key.mapped(change), $0.value.mapped(change)) }
      return .mapping(Mapping(pairs, mapping.tag, mapping.style, mapping.mark, mapping.anchor))
    case .alias: return self
    }
  }
}
