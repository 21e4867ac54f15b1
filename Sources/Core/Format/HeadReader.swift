import JobmonModel

/// The head document that comes before a stream of entries.
enum HeadReader {
  /// Takes the head off the stream: a JSON object, on one line or on several; or YAML up to a line `---` that ends it,
  /// or to the end.
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
    // Half a line of YAML is YAML, too, and says something else.
    if lines.endsInLine {
      throw RunRefusal(TextFault.endsInLine, in: FilePlace(lines.name, line: lines.number))
    }
    // Messages name the line of the stream.
    return try FileNode.parse(String(repeating: "\n", count: first - 1) + text, file: lines.name)
  }

  /// A JSON object, whose end is known when it parses.
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
        // Not whole yet where the fault is at the end of what was read.
        guard (refusal.column ?? 0) > text.utf8.count, let next = try lines.next({ try lines.text($0) })
        else {
          throw refusal
        }
        text += "\n" + next
      }
    }
  }
}
