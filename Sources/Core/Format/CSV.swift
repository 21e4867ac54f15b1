import JobmonModel

/// Comma-separated values (RFC 4180).
enum CSV {
  /// One row, and the line of the file on which it begins, from 1.
  struct Record: Hashable {
    var fields: [String]
    var line: Int
  }

  /// The rows. Blank lines are skipped.
  static func records(_ text: String) throws(WorkflowFileFault) -> [Record] {
    var records: [Record] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var wasQuoted = false
    var line = 1
    var firstLine = 1
    var scalars = text.unicodeScalars.makeIterator()
    var pushed: Unicode.Scalar?
    func next() -> Unicode.Scalar? {
      defer { pushed = nil }
      return pushed ?? scalars.next()
    }
    func endField() {
      fields.append(field)
      field = ""
      wasQuoted = false
    }
    func endRecord() {
      let isBlank = fields.isEmpty && !wasQuoted && TextLines.isBlank(field)
      endField()
      if !isBlank { records.append(Record(fields: fields, line: firstLine)) }
      fields = []
    }
    while let scalar = next() {
      if scalar == "\n" { line += 1 }
      if isQuoted {
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
          continue
        }
        let following = next()
        if following == "\"" {
          field.append("\"")
        } else {
          isQuoted = false
          pushed = following
        }
        continue
      }
      switch scalar {
      case "\"" where field.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case ",": endField()
      case "\n":
        endRecord()
        firstLine = line
      case "\r":
        // Part of the line end; part of the value if no newline follows.
        let following = next()
        if following != "\n", following != nil { field.unicodeScalars.append(scalar) }
        pushed = following
      default: field.unicodeScalars.append(scalar)
      }
    }
    if isQuoted { throw .openQuote }
    if !field.isEmpty || !fields.isEmpty || wasQuoted { endRecord() }
    return records
  }
}
