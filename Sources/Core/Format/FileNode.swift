import JobmonModel
import Yams

/// A value in a workflow file, with its line and column.
package struct FileNode {
  let node: Node
  let file: String
  /// The path of the value for messages, as in `task_templates.process.node_args`.
  let path: String
  /// The number of its line if that is a line of JSON.
  var line: Int?

  /// Parses YAML, which includes JSON.
  ///
  /// - Throws: ``RunRefusal`` with the line and column of the fault.
  static func parse(_ text: String, file: String) throws -> FileNode {
    let text = TextLines.withoutMark(text)
    do {
      guard let node = try YAMLReader.node(text) else {
        throw RunRefusal(TextFault.empty, in: FilePlace(file))
      }
      if text.utf8.contains(UInt8(ascii: "*")) {
        var left = max(Self.leastExpansion, 16 * text.utf8.count)
        guard Self.isWithin(&left, node) else {
          throw RunRefusal(TextFault.expansion, in: FilePlace(file))
        }
      }
      let merged = text.hasBytes("<<") ? try YAMLReader.merged(node, file: file) : node
      return FileNode(node: merged, file: file, path: "")
    } catch let error as YamlError {
      switch error {
      case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
        .composer(let context, let problem, let mark, _):
        let around = context.map { " (\($0.text))" } ?? ""
        throw RunRefusal(
          TextFault.syntax("\(problem)\(around)"), in: FilePlace(file, line: mark.line, column: mark.column))
      case .duplicatedKeysInMapping(let duplicates, let context):
        let key = duplicates.first.map { "\($0)" } ?? ""
        throw RunRefusal(
          TextFault.repeatedKey(key),
          in: FilePlace(file, line: context.mark.line, column: context.mark.column))
      default: throw RunRefusal(TextFault.syntax("\(error)"), in: FilePlace(file))
      }
    }
  }

  /// The number of expanded values that is allowed in a file of any size.
  private static let leastExpansion = 1_000_000

  /// Whether a value, with its aliases expanded, has fewer parts than the number left.
  private static func isWithin(_ left: inout Int, _ node: Node) -> Bool {
    left -= 1
    guard left > 0 else { return false }
    switch node {
    case .mapping(let mapping):
      return mapping.allSatisfy { isWithin(&left, $0.key) && isWithin(&left, $0.value) }
    case .sequence(let sequence): return sequence.allSatisfy { isWithin(&left, $0) }
    default: return true
    }
  }

  /// Parses a line of JSON.
  package static func parse(line: UnsafeBufferPointer<UInt8>, number: Int, file: String) throws(RunRefusal)
    -> FileNode
  {
    do throws(JSONReader.Fault) {
      return FileNode(node: try JSONReader.node(line), file: file, path: "", line: number)
    } catch {
      throw RunRefusal(
        TextFault.syntax(error.message), in: FilePlace(file, line: number, column: error.offset + 1))
    }
  }

  /// A refusal at this position.
  package func refusal(_ reason: any RefusalReason) -> RunRefusal {
    RunRefusal(
      reason,
      in: FilePlace(file, line: line ?? node.mark?.line, column: line == nil ? node.mark?.column : 1))
  }

  /// A refusal at this position whose message begins with the value's path in the file.
  package func member(_ fault: any RefusalReason) -> RunRefusal { refusal(MemberFault(path, fault)) }

  private func value(_ fault: ValueFault) -> RunRefusal { member(fault) }

  /// The same value with another path for messages.
  func named(_ path: String) -> FileNode { FileNode(node: node, file: file, path: path, line: line) }

  private func at(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func child(_ node: Node, _ path: String) -> FileNode {
    FileNode(node: node, file: file, path: path, line: line)
  }

  // MARK: Shapes

  var isMapping: Bool { node.mapping != nil }
  var isSequence: Bool { node.sequence != nil }

  /// Whether a mapping has a key.
  func has(_ key: String) -> Bool { node.mapping?.contains { $0.key.scalar?.string == key } ?? false }

  /// Whether the value is null or empty.
  var isNull: Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return scalar.string.isEmpty || scalar.string == "null" || scalar.string == "~"
  }

  /// The members of a mapping, in the order of the file.
  func members(_ expected: @autoclosure () -> String) throws -> [(key: String, value: FileNode)] {
    guard case .mapping(let mapping) = node else { throw value(.expected(expected())) }
    return try mapping.map { key, value in
      guard let name = key.scalar?.string else {
        throw child(key, path).value(.keyNotPlain)
      }
      return (name, child(value, at(name)))
    }
  }

  /// The members of a mapping with known keys. Any other key is an error that suggests the nearest known key.
  package func fields(_ known: [String], of what: String) throws -> [String: FileNode] {
    var fields: [String: FileNode] = [:]
    for (key, value) in try members("a mapping with the keys \(known.joined(separator: ", "))") {
      guard known.contains(key) else {
        throw keyNode(key).refusal(
          ValueFault.unknownKey(
            key, of: what, nearest: Suggestion.nearest(to: key, among: known), known: known))
      }
      if value.isNull { continue }
      fields[key] = value
    }
    return fields
  }

  /// A node at the position of a key instead of its value.
  private func keyNode(_ key: String) -> FileNode {
    let found = node.mapping?.first { $0.key.scalar?.string == key }?.key
    return child(found ?? node, at(key))
  }

  func items(_ expected: String) throws -> [FileNode] {
    guard case .sequence(let sequence) = node else { throw value(.expected(expected)) }
    return sequence.enumerated().map { child($0.element, "\(path)[\($0.offset)]") }
  }

  // MARK: Scalars

  private func scalar(_ expected: String) throws -> Node.Scalar {
    guard case .scalar(let scalar) = node else { throw value(.expected(expected)) }
    return scalar
  }

  package func string() throws -> String { try scalar("text").string }

  /// An integer by the rules of YAML 1.2's core schema.
  package func integer() throws -> Int {
    let text = try scalar("a whole number").string
    let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
    let value =
      digits.hasPrefix("0x")
      ? Int(digits.dropFirst(2), radix: 16)
      : digits.hasPrefix("0o") ? Int(digits.dropFirst(2), radix: 8) : Int(digits)
    guard let value else { throw self.value(.expected("a whole number", found: text)) }
    return value
  }

  func integer(atLeast least: Int) throws -> Int {
    let value = try integer()
    guard value >= least else { throw self.value(.tooSmall(value, least: least)) }
    return value
  }

  func integer(in range: ClosedRange<Int>) throws -> Int {
    let value = try integer()
    guard range.contains(value) else {
      throw self.value(.outside(value, range))
    }
    return value
  }

  func bool() throws -> Bool {
    let text = try scalar("true or false").string
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: throw value(.expected("true or false", found: text))
    }
  }

  func strings() throws -> [String] { try items("a list of words").map { try $0.string() } }

  /// An argument's value: the text exactly as written. A list becomes compact JSON text.
  func argumentText() throws -> String {
    switch node {
    case .scalar(let scalar): return isPlain(scalar) && scalar.string == "null" ? "" : scalar.string
    case .sequence: return try json()
    default: throw value(.notArgument)
    }
  }

  private func isPlain(_ scalar: Node.Scalar) -> Bool { scalar.style == .plain || scalar.style == .any }

  /// The value as compact JSON. Numbers stay as written.
  func json() throws -> String {
    switch node {
    case .scalar(let scalar):
      if isPlain(scalar),
        ["true", "false", "null"].contains(scalar.string) || JSONNumber.isOne(scalar.string)
      {
        return scalar.string
      }
      return try StoredJSON.text(scalar.string)
    case .sequence: return "[" + (try items("a list").map { try $0.json() }).joined(separator: ",") + "]"
    case .mapping:
      let members = try members("a mapping").map { "\(try StoredJSON.text($0.key)):\(try $0.value.json())" }
      return "{" + members.joined(separator: ",") + "}"
    default: throw value(.alias)
    }
  }
}
