import JobmonModel

/// Writes rows as one JSON array, the form of all lists for programs.
struct RowWriter {
  /// Approximate size of a piece in bytes. A long list is never in memory as a whole.
  private static let piece = 1 << 20

  /// The keys as they are written, in order.
  private let keys: [String]
  private let columnCount: Int
  private var text = "["
  private var isFirst = true

  init(keys: [String], columnCount: Int) {
    self.keys = keys.map { JSONWriter.text(.string($0)) + ":" }
    self.columnCount = columnCount
  }

  /// - Parameter values: one for each key.
  /// - Returns: a full piece to be written; nil if the piece is not full.
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

  /// The last piece.
  var rest: String { text + "]" }
}

extension ListedRow {
  /// Writes rows as one JSON array of objects, with the keys in their order.
  ///
  /// - Parameters:
  ///   - end: text to write after the array.
  ///   - write: called with successive pieces of about 1 MiB.
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
