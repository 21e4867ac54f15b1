import JobmonModel

/// Writes rows as one JSON array: the one form of lists for programs, whoever prints them.
struct RowWriter {
  /// Bytes of a piece, about: a long list is never there as a whole.
  private static let piece = 1 << 20

  /// Each key as it is written, in their order.
  private let keys: [String]
  private let columnCount: Int
  private var text = "["
  private var isFirst = true

  init(keys: [String], columnCount: Int) {
    self.keys = keys.map { JSONWriter.text(.string($0)) + ":" }
    self.columnCount = columnCount
  }

  /// - Parameter values: one for each key.
  /// - Returns: a piece that is full, to be written; nil where there is room for more.
  mutating func add(_ values: [JSONValue]) -> String? {
    text += isFirst ? "{" : ",\n {"
    isFirst = false
    for (index, value) in values.enumerated() where index < columnCount || value != .null {
      if index > 0 { text += "," }
      text += keys[index]
      JSONWriter.write(value, to: &text)
    }
    text += "}"
    guard text.utf8.count >= Self.piece else { return nil }
    defer { text = "" }
    return text
  }

  /// What is left to be written.
  var rest: String { text + "]" }
}

extension ListedRow {
  /// Writes rows as one JSON array, each row an object with its keys in their order.
  ///
  /// - Parameters:
  ///   - end: what is written behind it.
  ///   - write: gets one piece after the other, of about 1 MiB.
  public static func writeJSON<Failure: Error>(
    _ rows: some Sequence<Self>, end: String = "", _ write: (String) throws(Failure) -> Void
  ) throws(Failure) {
    var writer = RowWriter(keys: CodingKeys.allCases.map(\.stringValue), columnCount: columnCount)
    for row in rows {
      if let piece = writer.add(row.values) { try write(piece) }
    }
    try write(writer.rest + end)
  }
}
