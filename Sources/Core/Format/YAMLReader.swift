import Foundation
import JobmonModel
import Yams

/// Reads YAML, of which JSON is a part, and keeps every character of its texts.
enum YAMLReader {
  /// - Returns: nil where the text says nothing.
  /// - Throws: `YamlError`.
  static func node(_ text: String) throws -> Node? {
    let text = JSONSurrogates.joined(text)
    let marks = ByteOrderMarks(text)
    guard let node = try Yams.compose(yaml: marks.hidden) else { return nil }
    return marks.isNeeded ? node.mapped(marks.restored) : node
  }

  /// Puts the members of merged mappings (`<<: *name`) into those that merge them; what a mapping says itself goes first, then
  /// the mappings in their order (yaml.org/type/merge).
  ///
  /// - Throws: ``RunRefusal`` where something else is merged.
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

/// The character U+FEFF at the beginning of a value is taken for a byte order mark, and dropped, where the parser makes a text
/// of the value's bytes. It is hidden from the parser and put back.
private struct ByteOrderMarks {
  private static let mark: Unicode.Scalar = "\u{FEFF}"

  /// What the parser is given.
  let hidden: String
  /// Stands for each mark: as long in UTF-8, so that columns stay as they are.
  private let substitute: Unicode.Scalar
  /// The lines of the text, where a mark is written as an escape.
  private let lines: [Substring]
  private let hasMarks: Bool

  var isNeeded: Bool { hasMarks || !lines.isEmpty }

  init(_ text: String) {
    // Nearly no text has either, and a search of bytes is fast.
    hasMarks = text.hasBytes("\u{FEFF}")
    let hasEscapes =
      (text.hasBytes("\\u") || text.hasBytes("\\U")) && text.firstRange(of: Self.escape) != nil
    lines = hasEscapes ? TextLines.split(text) : []
    guard hasMarks else {
      (hidden, substitute) = (text, Self.mark)
      return
    }
    let used = Set(text.unicodeScalars)
    // More private characters than any text has different ones.
    let free = (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar(UInt32($0)) }.first { !used.contains($0) }
    let chosen = free ?? Self.mark
    substitute = chosen
    hidden = String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == Self.mark ? chosen : $0 }))
  }

  private static var escape: Regex<Substring> { /\\(?:[uU](?:0000)?[fF][eE][fF][fF])/ }

  /// A scalar's text with its marks.
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

  /// Whether the value that is written there begins with an escaped mark, behind its anchor and tag.
  private func beginsWithEscape(_ mark: Mark?) -> Bool {
    guard let mark, lines.indices.contains(mark.line - 1) else { return false }
    let rest = String(
      String.UnicodeScalarView(lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)))
    return rest.prefixMatch(of: /(?:[&!]\S*[ \t]+)*"\\[uU](?:0000)?[fF][eE][fF][fF]/) != nil
  }
}

extension String {
  /// Whether the bytes of another text are among its own.
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
  /// This value with all scalars in it changed.
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
