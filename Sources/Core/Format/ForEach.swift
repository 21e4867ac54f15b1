import Foundation
import JobmonModel

/// What an entry is repeated over: lists in a cross product, or the rows of a table.
struct ForEach {
  private(set) var names: [String] = []
  let node: FileNode?
  private var lists: [[String]] = []
  private var rows: [[String]]?

  init(_ product: FileNode?, rows table: FileNode?, directory: String) throws {
    node = product ?? table
    if let product, table != nil {
      throw product.member(WorkflowFileFault.bothForEach)
    }
    for (name, value) in try product?.members("a mapping of arguments to lists") ?? [] {
      names.append(name)
      lists.append(try Self.values(value, directory: directory))
    }
    if let table { try read(table, directory: directory) }
  }

  /// How many tasks come of it; `Int.max` where they cannot be counted.
  var count: Int {
    rows?.count
      ?? lists.reduce(1) { count, list in
        let (product, overflow) = count.multipliedReportingOverflow(by: list.count)
        return overflow ? .max : product
      }
  }

  /// Calls `body` with each combination, in the order of ``names``; the last list runs fastest.
  func eachRow(_ body: ([String]) throws -> Void) throws {
    if let rows {
      for row in rows { try body(row) }
      return
    }
    guard count > 0 else { return }
    var places = [Int](repeating: 0, count: lists.count)
    while true {
      try body(zip(lists, places).map { $0[$1] })
      var digit = lists.count - 1
      while digit >= 0 {
        places[digit] += 1
        if places[digit] < lists[digit].count { break }
        places[digit] = 0
        digit -= 1
      }
      if digit < 0 { return }
    }
  }

  private static func values(_ node: FileNode, directory: String) throws -> [String] {
    if node.isSequence { return try node.items("a list").map { try $0.argumentText() } }
    let fields = try node.fields(["range", "lines"], of: "for_each")
    if let range = fields["range"] {
      let ends = try range.items("[first, last]").map { try $0.integer() }
      guard ends.count == 2, ends[0] <= ends[1] else {
        throw range.member(WorkflowFileFault.emptyRange)
      }
      let (span, overflow) = ends[1].subtractingReportingOverflow(ends[0])
      guard !overflow, span < WorkflowDefinition.mostTasks else {
        throw range.member(WorkflowFileFault.longRange(most: WorkflowDefinition.mostTasks))
      }
      return (ends[0]...ends[1]).map(String.init)
    }
    guard let lines = fields["lines"] else {
      throw node.member(ValueFault.expected("a list, {range: [first, last]} or {lines: FILE}"))
    }
    return TextLines.split(try Self.text(lines, directory: directory)).filter { !TextLines.isBlank($0) }.map {
      String($0)
    }
  }

  private mutating func read(_ table: FileNode, directory: String) throws {
    let fields = try table.fields(["csv"], of: "for_each_row")
    guard let csv = fields["csv"] else { throw table.member(ValueFault.expected("{csv: FILE}")) }
    let text = try Self.text(csv, directory: directory)
    let records: [CSV.Record]
    do throws(WorkflowFileFault) { records = try CSV.records(text) } catch { throw csv.member(error) }
    guard let header = records.first?.fields else {
      throw csv.member(WorkflowFileFault.emptyTable)
    }
    names = header
    for record in records where record.fields.count != header.count {
      throw csv.member(
        WorkflowFileFault.fieldCount(line: record.line, record.fields.count, header: header.count))
    }
    rows = records.dropFirst().map(\.fields)
  }

  private static func text(_ node: FileNode, directory: String) throws -> String {
    let path = WorkflowFile.absolute(try node.string(), in: directory)
    guard let bytes = OSFile.contents(path) else {
      throw node.member(WorkflowFileFault.unreadableFile(path))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw node.member(WorkflowFileFault.fileNotUTF8(path))
    }
    return TextLines.withoutMark(text)
  }
}

/// Comma-separated values (RFC 4180).
enum CSV {
  /// One row, and the line of the file that it begins on, from 1.
  struct Record: Hashable {
    var fields: [String]
    var line: Int
  }

  /// The rows; blank lines are none.
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
        // Part of the line's end, or, alone, of the value.
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
