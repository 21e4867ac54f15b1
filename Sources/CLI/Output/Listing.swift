import Foundation
import JobmonCore

/// Rows with columns: a table for people, a JSON array of objects or CSV for programs.
struct Listing<Row: ListedRow> {
  var rows: [Row]

  init(_ rows: [Row] = []) { self.rows = rows }

  /// Approximate size of a piece in bytes. A long listing is written in pieces, never held in memory as a whole.
  private static var piece: Int { 1 << 20 }

  /// One JSON array.
  var json: String {
    var text = ""
    Row.writeJSON(rows) { text += $0 }
    return text
  }

  /// Columns as wide as their widest cell; numbers are right-aligned.
  func table() -> StyledText { table(.free).text }

  /// The table in this layout, and the columns that were left out.
  func table(_ layout: TableLayout) -> (text: StyledText, hidden: [String]) {
    var text: StyledText = ""
    let hidden = writeTable(layout) { text += $0 }
    return (text, hidden)
  }

  /// Writes the table in this layout.
  ///
  /// - Returns: the columns that were left out.
  @discardableResult
  private func writeTable<Failure: Error>(
    _ layout: TableLayout, end: StyledText = "", _ write: (StyledText) throws(Failure) -> Void
  ) throws(Failure) -> [String] {
    let names = Row.CodingKeys.allCases.prefix(Row.columnCount).map { $0.stringValue.uppercased() }
    var cells = [names.map { TableCell($0) }]
    cells.reserveCapacity(rows.count + 1)
    var columns = names.map { TableLayout.Column(name: $0, isNumeric: !rows.isEmpty) }
    for row in rows {
      var line: [TableCell] = []
      line.reserveCapacity(columns.count)
      for (column, value) in row.shown.enumerated() {
        let cell = TableCell(value, layout)
        columns[column].note(cell, value)
        line.append(cell)
      }
      cells.append(line)
    }
    let fitted = layout.fit(
      columns, givingWay: Row.givesWay.map { $0.stringValue.uppercased() },
      main: Row.mainColumn?.stringValue.uppercased())
    let shown = columns.indices.filter { fitted[$0] != nil }
    var text: StyledText = ""
    for (index, row) in cells.enumerated() {
      if index > 0 { text += "\n" }
      var blanks = 0
      for column in shown {
        let cell = row[column].cut(to: fitted[column]!)
        let missing = fitted[column]! - cell.width
        let isNumeric = columns[column].isNumeric
        if isNumeric { blanks += missing }
        // Spaces are written only before further text, so no line ends with spaces.
        if cell.width > 0 {
          text += StyledText(String(repeating: " ", count: blanks))
          text += cell.text
          blanks = 0
        }
        blanks += isNumeric ? 2 : missing + 2
      }
      if text.raw.utf8.count >= Self.piece {
        try write(text)
        text = ""
      }
    }
    try write(text + end)
    return columns.indices.filter { fitted[$0] == nil }.map { columns[$0].name }
  }

  /// CSV (RFC 4180): a header line with the JSON keys, then one line per row.
  private func writeCSV<Failure: Error>(_ write: (StyledText) throws(Failure) -> Void) throws(Failure) {
    var text: StyledText = "\(Row.CodingKeys.allCases.map(\.stringValue).joined(separator: ","))\n"
    for row in rows {
      text += row.values.map(\.csvField).joined(separator: ",")
      text += "\n"
      if text.raw.utf8.count >= Self.piece {
        try write(text)
        text = ""
      }
    }
    try write(text)
  }

  /// Prints the list. If the limit has cut it, also prints the total number of rows.
  ///
  /// - Parameter total: called only if there are as many rows as the limit allows.
  func tell(_ output: some OutputChoice, of total: () throws -> Int, limit: Int?) throws {
    try tell(output)
    guard let limit, rows.count >= limit, !output.isJSON, !output.isCSV else { return }
    let total = try total()
    if total > rows.count { Console.error("\(rows.count) of \(total) shown, -l 0 for all") }
  }

  func tell(_ output: some OutputChoice) throws(OutputFailure) {
    if output.isJSON {
      try Row.writeJSON(rows, end: "\n") { piece throws(OutputFailure) in
        try StandardOutput.json(piece, end: "")
      }
    } else if output.isCSV {
      try writeCSV { piece throws(OutputFailure) in try StandardOutput.line(piece, end: "") }
    } else {
      let layout = TableLayout.ofStandardOutput
      let hidden = try writeTable(layout, end: "\n") { piece throws(OutputFailure) in
        try StandardOutput.line(piece, end: "")
      }
      let names = Row.CodingKeys.allCases.map { $0.stringValue.uppercased() }
      let time = rows.first.flatMap { row in
        zip(names, row.shown).first { !hidden.contains($0) && $1.time != nil }?.1.time
      }
      if let note = layout.note(hidden: hidden, time: time) { Console.error(note) }
    }
  }
}

extension Int {
  /// A `-l` limit; 0 means all.
  func asLimit() throws -> Int? {
    guard self >= 0 else { throw RunRefusal(UsageFault.badValue(option: "-l", .rowCount)) }
    return self == 0 ? nil : self
  }
}
