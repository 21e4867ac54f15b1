import Foundation
import JobmonCore

/// Rows under their columns: a table for people, an array of objects for programs.
struct Listing<Row: ListedRow> {
  var rows: [Row]

  init(_ rows: [Row] = []) { self.rows = rows }

  /// Bytes of a piece, about: a long listing is never there as a whole.
  private static var piece: Int { 1 << 20 }

  /// One JSON array.
  var json: String {
    var text = ""
    Row.writeJSON(rows) { text += $0 }
    return text
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
    let columns = Row.CodingKeys.allCases.prefix(Row.columnCount).map { Cell($0.stringValue.uppercased()) }
    var cells = [columns]
    cells.reserveCapacity(rows.count + 1)
    var isNumeric = columns.map { _ in !rows.isEmpty }
    var widths = columns.map(\.width)
    for row in rows {
      var line: [Cell] = []
      line.reserveCapacity(columns.count)
      for (column, value) in row.shown.enumerated() {
        let cell = Cell(value.cell)
        if cell.width > widths[column] { widths[column] = cell.width }
        if !value.isNumeric, value != .null { isNumeric[column] = false }
        line.append(cell)
      }
      cells.append(line)
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

  func tell(_ output: OutputOptions) throws(OutputFailure) {
    if output.isJSON {
      try Row.writeJSON(rows, end: "\n") { piece throws(OutputFailure) in
        try StandardOutput.json(piece, end: "")
      }
    } else {
      try writeTable(end: "\n") { piece throws(OutputFailure) in try StandardOutput.line(piece, end: "") }
    }
  }
}

/// A value as a table shows it.
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

extension JSONValue {
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

extension Int {
  /// A `-l` limit: 0 is all.
  func asLimit() throws -> Int? {
    guard self >= 0 else { throw RunRefusal(UsageFault.badValue(option: "-l", .rowCount)) }
    return self == 0 ? nil : self
  }
}
