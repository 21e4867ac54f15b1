import Foundation
import JobmonCore

/// Rows under named columns: a table for people, an array of objects for programs.
struct Listing {
  let columns: [String]
  /// How many of the columns a table shows: the others are for programs.
  private let shown: Int
  var rows: [[JSONValue]] = []

  /// - Parameter more: further columns, which only JSON has, and only in rows where there is something to tell.
  init(_ columns: String..., more: [String] = []) {
    self.columns = columns + more
    shown = columns.count
  }

  /// Bytes of a piece, about: a long listing is never there as a whole.
  private static let piece = 1 << 20

  /// One JSON array; each row an object whose keys are the columns in lower case, in their order.
  var json: String {
    var text = ""
    writeJSON { text += $0 }
    return text
  }

  /// Writes it piece by piece, and `end` behind it.
  private func writeJSON<Failure: Error>(end: String = "", _ write: (String) throws(Failure) -> Void)
    throws(Failure)
  {
    let keys = columns.map { JSONText.line(JSONValue.string($0.lowercased())) + ":" }
    var text = "["
    for (place, row) in rows.enumerated() {
      text += place > 0 ? ",\n {" : "{"
      for (column, value) in row.enumerated() where column < shown || value != .null {
        if column > 0 { text += "," }
        text += keys[column]
        JSONWriter.write(value, to: &text)
      }
      text += "}"
      if text.utf8.count >= Self.piece {
        try write(text)
        text = ""
      }
    }
    try write(text + "]" + end)
  }

  /// Columns as wide as their widest cell; numbers to the right.
  func table() -> StyledText {
    var text: StyledText = ""
    writeTable { text += $0 }
    return text
  }

  private func writeTable<Failure: Error>(end: StyledText = "", _ write: (StyledText) throws(Failure) -> Void)
    throws(Failure)
  {
    let columns = columns.prefix(shown)
    let cells = [columns.map(Cell.init)] + rows.map { $0.prefix(shown).map { Cell($0.cell) } }
    let widths = columns.indices.map { column in cells.reduce(0) { max($0, $1[column].width) } }
    let isNumeric = columns.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { $0[column].isNumeric || $0[column] == .null }
    }
    var text: StyledText = ""
    for (place, row) in cells.enumerated() {
      if place > 0 { text += "\n" }
      var blanks = 0
      for (column, cell) in row.enumerated() {
        let missing = widths[column] - cell.width
        if isNumeric[column] { blanks += missing }
        // Blanks are written when something follows them: no line ends with any.
        if cell.width > 0 {
          text += StyledText(String(repeating: " ", count: blanks))
          text += cell.text
          blanks = 0
        }
        blanks += isNumeric[column] ? 2 : missing + 2
      }
      if text.raw.utf8.count >= Self.piece {
        try write(text)
        text = ""
      }
    }
    try write(text + end)
  }

  private struct Cell {
    /// Characters, where each is one scalar; nil where that is not plain to see: text may be long, and is looked at once.
    private static func width(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
      var width = 0
      for (place, byte) in bytes.enumerated() {
        if byte & 0xC0 != 0x80 { width += 1 }
        switch byte {
        // Latin letters; the quotes, dashes and signs from U+2010.
        case ..<0xCC: continue
        case 0xE2 where place + 2 < bytes.count:
          if bytes[place + 1] == 0x80 ? bytes[place + 2] < 0x90 : bytes[place + 1] == 0x83 { return nil }
        default: return nil
        }
      }
      return width
    }

    let text: StyledText
    /// In characters.
    let width: Int

    init(_ text: String) {
      self.text = StyledText(text)
      var visible = self.text.raw
      width = visible.withUTF8(Self.width) ?? visible.count
    }
  }

  func tell(_ output: OutputOptions) throws(OutputFailure) {
    if output.isJSON {
      try writeJSON(end: "\n") { piece throws(OutputFailure) in try StandardOutput.json(piece, end: "") }
    } else {
      try writeTable(end: "\n") { piece throws(OutputFailure) in try StandardOutput.line(piece, end: "") }
    }
  }
}

extension DriverState {
  /// A state as a table shows it: nobody should wait for what a dead driver has left running.
  func told(_ word: String, _ output: OutputOptions) -> JSONValue {
    guard !output.isJSON, let words else { return .string(word) }
    return .string("\(word) (driver: \(words))")
  }
}

extension JSONValue {
  init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }

  fileprivate var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    default: false
    }
  }

  private static func oneLine(_ text: String) -> String {
    var text = text
    let isOne = text.withUTF8 { bytes in !bytes.contains { $0 == 0x0A || $0 == 0x09 } }
    return isOne ? text : TextLines.split(text).joined(separator: " ").replacing("\t", with: " ")
  }

  /// What stands in a table.
  fileprivate var cell: String {
    switch self {
    case .null: "-"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): String(format: "%.2f", value)
    case .string(let text): Self.oneLine(text)
    case .array(let values): values.map(\.cell).joined(separator: ",")
    case .object: JSONText.line(self)
    }
  }
}

extension OutputOptions {
  /// What a command that changes something prints: `{"changed": n}` and more, or a sentence.
  func tell(changed: Int, _ sentence: String, _ more: [String: JSONValue] = [:]) throws(OutputFailure) {
    if isJSON {
      var object = more
      object["changed"] = .integer(Int64(changed))
      try StandardOutput.json(JSONText.line(JSONValue.object(object)))
    } else {
      try StandardOutput.line(sentence)
    }
  }
}

extension Int {
  /// A `-l` limit: 0 is all.
  func asLimit() throws -> Int? {
    guard self >= 0 else { throw RunRefusal(.invalidUsage, "-l takes a number of rows; 0 is all") }
    return self == 0 ? nil : self
  }
}
