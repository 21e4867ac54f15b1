import Foundation
import JobmonModel

/// The values over which an entry is repeated: the cross product of lists, or the rows of a table.
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

  /// The number of tasks; `Int.max` if it exceeds the range of integers.
  var count: Int {
    rows?.count
      ?? lists.reduce(1) { count, list in
        let (product, overflow) = count.multipliedReportingOverflow(by: list.count)
        return overflow ? .max : product
      }
  }

  /// Calls `body` with each combination, in the order of ``names``. The last list varies fastest.
  func eachRow(_ body: ([String]) throws -> Void) throws {
    if let rows {
      for row in rows { try body(row) }
      return
    }
    guard count > 0 else { return }
    var positions = [Int](repeating: 0, count: lists.count)
    while true {
      try body(zip(lists, positions).map { $0[$1] })
      var digit = lists.count - 1
      while digit >= 0 {
        positions[digit] += 1
        if positions[digit] < lists[digit].count { break }
        positions[digit] = 0
        digit -= 1
      }
      if digit < 0 { return }
    }
  }

  private static func values(_ node: FileNode, directory: String) throws -> [String] {
    if node.isSequence { return try node.items("a list").map { try $0.argumentText() } }
    let fields = try node.fields(["range", "lines", "glob", "optional"], of: "for_each")
    if let glob = fields["glob"] {
      return try self.glob(glob, isOptional: try fields["optional"]?.bool() ?? false, directory: directory)
    }
    if let optional = fields["optional"] {
      throw optional.member(WorkflowFileFault.optionalWithoutGlob)
    }
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
      throw node.member(
        ValueFault.expected("a list, {range: [first, last]}, {lines: FILE} or {glob: PATTERN}"))
    }
    return TextLines.split(try Self.text(lines, directory: directory)).filter { !TextLines.isBlank($0) }.map {
      String($0)
    }
  }

  private static func glob(_ node: FileNode, isOptional: Bool, directory: String) throws -> [String] {
    let pattern = try node.string()
    guard !pattern.isEmpty else { throw node.member(ValueFault.expected("a pattern such as data/*.csv")) }
    let paths = FileGlob(directory: directory).paths(pattern)
    guard !paths.isEmpty || isOptional else {
      throw node.member(WorkflowFileFault.noFile(pattern, directory: directory))
    }
    return paths
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
