import Foundation
import JobmonCore

/// Rows under named columns: a table for people, an array of objects for programs.
struct Listing {
  let columns: [String]
  var rows: [[JSONValue]] = []

  init(_ columns: String...) { self.columns = columns }

  /// One JSON array; each row an object whose keys are the columns in lower case, in their order.
  var json: String {
    let keys = columns.map { JSONText.line($0.lowercased()) }
    let objects = rows.map { row in
      "{" + zip(keys, row).map { "\($0):\(JSONText.line($1))" }.joined(separator: ",") + "}"
    }
    return "[" + objects.joined(separator: ",\n ") + "]"
  }

  /// Columns as wide as their widest cell; numbers to the right.
  var table: String {
    let cells = rows.map { $0.map(\.cell) }
    let widths = columns.indices.map { column in
      cells.reduce(columns[column].count) { max($0, $1[column].count) }
    }
    let isNumeric = columns.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { $0[column].isNumeric || $0[column] == .null }
    }
    func line(_ row: [String]) -> String {
      let padded = row.indices.map { column -> String in
        let blanks = String(repeating: " ", count: max(0, widths[column] - row[column].count))
        return isNumeric[column] ? blanks + row[column] : row[column] + blanks
      }
      return padded.joined(separator: "  ").trimmingTrailingBlanks
    }
    return ([line(columns)] + cells.map(line)).joined(separator: "\n")
  }

  func tell(_ output: OutputOptions) { print(output.isJSON ? json : table) }
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

  /// What stands in a table.
  fileprivate var cell: String {
    switch self {
    case .null: "-"
    case .bool(let value): String(value)
    case .integer(let value): String(value)
    case .number(let value): String(format: "%.2f", value)
    case .string(let text): text.replacing("\n", with: " ")
    case .array(let values): values.map(\.cell).joined(separator: ",")
    case .object: JSONText.line(self)
    }
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension OutputOptions {
  /// What a command that changes something prints: `{"changed": n}` and more, or a sentence.
  func tell(changed: Int, _ sentence: String, _ more: [String: JSONValue] = [:]) {
    if isJSON {
      var object = more
      object["changed"] = .integer(Int64(changed))
      print(JSONText.line(JSONValue.object(object)))
    } else {
      print(sentence)
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
