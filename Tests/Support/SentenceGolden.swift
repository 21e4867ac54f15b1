import Foundation
import JobmonCore

/// The messages of refusals as a checked-in text: one per line, below the name of the enum.
public struct SentenceGolden {
  /// A fault of the test itself: an enum without complete examples, or a text that differs from the checked-in one.
  public struct Fault: Error, CustomStringConvertible {
    /// What is missing, or differs.
    public var description: String
  }

  /// The enums of which every case must have an example, and the files of `Sources` that declare them.
  private let enums: [(type: String, file: String)]
  private let examples: [any RefusalReason]

  /// Creates a golden text of the examples, which must cover every case of the enums.
  public init(_ examples: [any RefusalReason], enums: [(type: String, file: String)]) {
    self.examples = examples
    self.enums = enums
  }

  /// Compares with a file of `Tests`, or writes that file if `JOBMON_WRITE_GOLDEN` is set.
  public func check(_ path: String, _ sentence: (any RefusalReason) -> String) throws {
    try requireEveryCase()
    var text = ""
    var type = ""
    for example in examples {
      let name = "\(Swift.type(of: example))"
      if name != type {
        text += (text.isEmpty ? "" : "\n") + "# \(name)\n"
        type = name
      }
      let workflow = example.workflowID.map { " (workflow \($0))" } ?? ""
      text += "\(example.code.rawValue)\(workflow): \(sentence(example))\n"
    }
    let file = Self.root.appending(path: "Tests/\(path)")
    if ProcessInfo.processInfo.environment["JOBMON_WRITE_GOLDEN"] == "1" {
      return try Data(text.utf8).write(to: file)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    if golden == text { return }
    let known = Set(golden.split(separator: "\n"))
    let now = Set(text.split(separator: "\n"))
    let changes =
      golden.split(separator: "\n").filter { !now.contains($0) }.map { "- \($0)" }
      + text.split(separator: "\n").filter { !known.contains($0) }.map { "+ \($0)" }
    throw Fault(
      description: "\(path) differs; JOBMON_WRITE_GOLDEN=1 writes it:\n"
        + (changes.isEmpty ? "the same lines in another order" : changes.joined(separator: "\n")))
  }

  /// Fails if a case has no example: compares the declarations in the sources with the examples.
  private func requireEveryCase() throws {
    var shown: [String: Set<String>] = [:]
    for example in examples { Self.collect(example, into: &shown) }
    for (type, file) in enums {
      let declared = try Self.cases(of: type, in: file)
      if declared.isEmpty { throw Fault(description: "\(file) declares no enum \(type)") }
      let found = shown[type] ?? []
      // A case without a payload is identified by its message, one with a payload by its name.
      let missing = declared.filter { $0.hasPayload && !found.contains($0.name) }.map(\.name)
      guard missing.isEmpty, found.count >= declared.count else {
        throw Fault(
          description: "\(type) has \(declared.count) cases and examples of \(found.count) of them"
            + (missing.isEmpty ? "" : "; without one: \(missing.joined(separator: ", "))"))
      }
    }
  }

  private static var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  /// Collects the cases of all enums in a value.
  private static func collect(_ value: Any, into shown: inout [String: Set<String>]) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .enum {
      let type = String(reflecting: Swift.type(of: value)).split(separator: ".").dropFirst()
      shown[type.joined(separator: "."), default: []].insert(mirror.children.first?.label ?? "\(value)")
    }
    for child in mirror.children { collect(child.value, into: &shown) }
  }

  /// The cases that a file declares for an enum, which may be nested as in `Outer.Inner`; found by the indentation.
  private static func cases(of type: String, in file: String) throws -> [(name: String, hasPayload: Bool)] {
    let text = try String(contentsOf: root.appending(path: "Sources/\(file)"), encoding: .utf8)
    let path = type.split(separator: ".")
    let indent = String(repeating: "  ", count: path.count - 1)
    var cases: [(name: String, hasPayload: Bool)] = []
    var isInside = false
    var isInOuter = path.count == 1
    for line in text.split(separator: "\n") {
      if path.count > 1, !line.hasPrefix(" "), line.contains(" \(path[0])") { isInOuter = true }
      if isInOuter, !line.hasPrefix(indent + " "), begins(line, enum: path.last!) {
        isInside = true
      } else if isInside, line == indent + "}" {
        break
      } else if isInside, line.hasPrefix(indent + "  case ") {
        cases += names(line.dropFirst(indent.count + 7))
      }
    }
    return cases
  }

  /// Whether a line begins the declaration of an enum of this name.
  private static func begins(_ line: Substring, enum name: Substring) -> Bool {
    let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
    return words.firstIndex(of: "enum").map { words.dropFirst($0 + 1).first == name } ?? false
  }

  /// The names in `a, b(Int, String), c`.
  private static func names(_ declaration: Substring) -> [(name: String, hasPayload: Bool)] {
    var names: [(name: String, hasPayload: Bool)] = []
    var depth = 0
    var isName = true
    var name = ""
    func end(_ hasPayload: Bool) {
      if !name.isEmpty { names.append((name, hasPayload)) }
      name = ""
    }
    for character in declaration {
      switch character {
      case "(":
        if depth == 0 { end(true) }
        depth += 1
        isName = false
      case ")": depth -= 1
      case "," where depth == 0:
        end(false)
        isName = true
      case " ", "=", "\"": if !name.isEmpty { isName = false }
      default: if depth == 0, isName { name.append(character) }
      }
    }
    end(false)
    return names
  }
}
