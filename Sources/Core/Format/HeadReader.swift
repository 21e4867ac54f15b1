import JobmonModel

/// Reads the head document before a stream of entries.
enum HeadReader {
  /// Reads the head from the stream: a JSON object on one or several lines, or YAML up to a line `---` or the end.
  static func head(of lines: LineStream) throws -> FileNode {
    var text = ""
    var first = 1
    while let line = try lines.next({ try lines.text($0) }) {
      if text.isEmpty {
        if line.allSatisfy(\.isWhitespace) { continue }
        first = lines.number
        if line.first(where: { !$0.isWhitespace }) == "{" { return try json(line, lines) }
      } else if line == "---" || line.hasPrefix("--- ") || line == "---\r" {
        if text.contains(where: { !$0.isWhitespace }), text != "---\n" { break }
      }
      text += line + "\n"
    }
    // Truncated YAML can be valid YAML with a different meaning.
    if lines.endsInLine {
      throw RunRefusal(TextFault.endsInLine, in: FilePlace(lines.name, line: lines.number))
    }
    // The empty lines keep line numbers in messages equal to those in the stream.
    return try FileNode.parse(String(repeating: "\n", count: first - 1) + text, file: lines.name)
  }

  /// Reads a JSON object. Lines are added until it can be parsed.
  private static func json(_ line: String, _ lines: LineStream) throws -> FileNode {
    let first = lines.number
    var text = line
    while true {
      let result = text.withUTF8 { bytes in
        Result { () throws(RunRefusal) in
          try FileNode.parse(line: bytes, number: first, file: lines.name)
        }
      }
      switch result {
      case .success(let node): return node
      case .failure(let refusal):
        // A fault at the end of the text means that the object is incomplete.
        guard (refusal.column ?? 0) > text.utf8.count, let next = try lines.next({ try lines.text($0) })
        else {
          throw refusal
        }
        text += "\n" + next
      }
    }
  }
}
