import Foundation

/// What an entry is repeated over: lists in a cross product, or the rows of a table.
struct ForEach {
  private(set) var names: [String] = []
  let node: FileNode?
  private var lists: [[String]] = []
  private var rows: [[String]]?

  init(_ product: FileNode?, rows table: FileNode?, directory: String) throws {
    node = product ?? table
    if let product, table != nil {
      throw product.fault("\(product.path): an entry has for_each or for_each_row, not both")
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
        throw range.fault(
          "\(range.path): expected [first, last] with first not above last; both ends are included")
      }
      let (span, overflow) = ends[1].subtractingReportingOverflow(ends[0])
      guard !overflow, span < WorkflowDefinition.mostTasks else {
        throw range.fault("\(range.path): more than \(WorkflowDefinition.mostTasks) values")
      }
      return (ends[0]...ends[1]).map(String.init)
    }
    guard let lines = fields["lines"] else {
      throw node.fault("\(node.path): expected a list, {range: [first, last]} or {lines: FILE}")
    }
    let text = try Self.text(lines, directory: directory)
    var values = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      String($0.hasSuffix("\r") ? $0.dropLast() : $0)
    }
    // The last newline ends a line, it begins none.
    if values.last?.isEmpty == true { values.removeLast() }
    return values
  }

  private mutating func read(_ table: FileNode, directory: String) throws {
    let fields = try table.fields(["csv"], of: "for_each_row")
    guard let csv = fields["csv"] else { throw table.fault("\(table.path): expected {csv: FILE}") }
    let records = try CSV.records(try Self.text(csv, directory: directory)) {
      csv.fault("\(csv.path): \($0)")
    }
    guard let header = records.first else {
      throw csv.fault("\(csv.path): the table is empty; its first line names the columns")
    }
    names = header
    for (place, row) in records.enumerated() where row.count != header.count {
      throw csv.fault("\(csv.path): line \(place + 1) has \(row.count) fields, the first has \(header.count)")
    }
    rows = Array(records.dropFirst())
  }

  private static func text(_ node: FileNode, directory: String) throws -> String {
    let path = WorkflowFile.absolute(try node.string(), in: directory)
    guard let bytes = OSFile.contents(path) else {
      throw node.fault("\(node.path): the file \(path) cannot be read")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw node.fault("\(node.path): the file \(path) is not UTF-8 text")
    }
    return text
  }
}

/// Comma-separated values (RFC 4180).
enum CSV {
  static func records(_ text: String, fault: (String) -> RunRefusal) throws -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var isQuoted = false
    var wasQuoted = false
    var characters = text.unicodeScalars.makeIterator()
    var pushed: Unicode.Scalar?
    func endField() {
      record.append(field)
      field = ""
      wasQuoted = false
    }
    func endRecord() {
      endField()
      if record != [""] { records.append(record) }
      record = []
    }
    while let scalar = pushed ?? characters.next() {
      pushed = nil
      if isQuoted {
        if scalar != "\"" {
          field.unicodeScalars.append(scalar)
          continue
        }
        let next = characters.next()
        if next == "\"" {
          field.append("\"")
        } else {
          isQuoted = false
          pushed = next
        }
        continue
      }
      switch scalar {
      case "\"" where field.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case ",": endField()
      case "\n": endRecord()
      case "\r": continue
      default: field.unicodeScalars.append(scalar)
      }
    }
    if isQuoted { throw fault("a quoted field has no end") }
    if !field.isEmpty || !record.isEmpty || wasQuoted { endRecord() }
    return records
  }
}
