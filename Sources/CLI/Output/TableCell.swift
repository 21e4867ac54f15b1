import Foundation
import JobmonCore

/// A value as shown in a table.
struct TableCell {
  let text: StyledText
  /// Width in terminal columns.
  let width: Int

  init(_ text: String) {
    self.text = StyledText(text)
    width = TextWidth.of(self.text.raw)
  }

  init(_ value: JSONValue, _ layout: TableLayout) {
    if layout.hasLocalTimes, let time = value.time {
      self.init(LocalTime.text(time))
    } else {
      self.init(value.cell)
    }
  }

  private init(visible: String) {
    text = StyledText(visible)
    width = TextWidth.of(visible)
  }

  /// The cell with its middle omitted if it is wider.
  func cut(to width: Int) -> TableCell {
    self.width <= width ? self : TableCell(visible: TextWidth.cut(text.raw, to: width))
  }
}

extension JSONValue {
  var isNumeric: Bool {
    switch self {
    case .integer, .number: true
    default: false
    }
  }

  /// A time as ``JSONValue/init(_:)-Timestamp`` writes it; nil for all other values.
  var time: Timestamp? {
    guard case .string(let text) = self, text.utf8.count == 24, text.utf8.last == UInt8(ascii: "Z") else {
      return nil
    }
    return Timestamp(iso8601: text)
  }

  private static func oneLine(_ text: String) -> String {
    var text = text
    let isOne = text.withUTF8 { bytes in !bytes.contains { $0 == 0x0A || $0 == 0x09 } }
    return isOne ? text : TextLines.split(text).joined(separator: " ").replacing("\t", with: " ")
  }

  /// The text in a table.
  var cell: String {
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

  /// The value as a CSV field: empty for null, JSON for lists, quoted if necessary.
  var csvField: StyledText {
    let text =
      switch self {
      case .null: ""
      case .string(let text): text
      default: JSONText.line(self)
      }
    let needsQuotes = text.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 < 0x20 }
    return StyledText(lines: needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text)
  }
}
