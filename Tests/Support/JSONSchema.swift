import Foundation
import JobmonCore

/// The part of JSON Schema that the schemas in docs/ use; any other keyword is an error.
package struct JSONSchema {
  package struct Fault: Error, CustomStringConvertible {
    package var description: String
  }

  private let root: [String: JSONValue]

  package init(path: String) throws {
    guard
      case .object(let root) = try JSONDecoder().decode(
        JSONValue.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    else { throw Fault(description: "the schema is not an object") }
    self.root = root
  }

  /// A schema of docs/ in the source tree.
  package static func named(_ name: String) throws -> JSONSchema {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return try JSONSchema(path: folder.appendingPathComponent("docs/\(name).schema.json").path)
  }

  /// The schema of the messages between host and plugin.
  package static func ofMessages() throws -> JSONSchema { try named("plugin-protocol") }

  /// The names that the schema defines.
  package var definitions: [String] {
    guard case .object(let all)? = root["$defs"] else { return [] }
    return all.keys.sorted()
  }

  /// - Throws: ``Fault`` if the line does not match the definition.
  package func check(_ line: Data, as definition: String) throws {
    try check(
      try JSONDecoder().decode(JSONValue.self, from: line),
      .object(["$ref": .string("#/$defs/\(definition)")]), "")
  }

  private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String) throws {
    guard case .object(let rules) = schema else { throw Fault(description: "\(place): no schema") }
    for (keyword, rule) in rules {
      switch (keyword, rule) {
      case ("title", _), ("description", _): break
      case ("$ref", .string(let name)):
        guard case .object(let definitions)? = root["$defs"],
          let target = definitions[String(name.dropFirst("#/$defs/".count))]
        else { throw Fault(description: "\(place): there is no \(name)") }
        try check(value, target, place)
      case ("const", _): if value != rule { throw wrong(place, value, "is not \(rule)") }
      case ("enum", .array(let values)):
        if !values.contains(value) { throw wrong(place, value, "is none of \(values)") }
      case ("type", .string(let type)):
        if !Self.isOf(type, value) { throw wrong(place, value, "is not of type \(type)") }
      case ("type", .array(let types)):
        let isOne = types.contains { type in
          if case .string(let name) = type { Self.isOf(name, value) } else { false }
        }
        if !isOne { throw wrong(place, value, "is none of \(types)") }
      case ("minimum", .integer(let least)):
        if let number = Self.number(value), number < Double(least) {
          throw wrong(place, value, "is below \(least)")
        }
      case ("pattern", .string(let pattern)):
        if case .string(let text) = value, text.range(of: pattern, options: .regularExpression) == nil {
          throw wrong(place, value, "does not match \(pattern)")
        }
      case ("required", .array(let keys)):
        if case .object(let members) = value {
          for case .string(let key) in keys where members[key] == nil {
            throw wrong(place, value, "has no \(key)")
          }
        }
      case ("properties", .object(let properties)):
        if case .object(let members) = value {
          for (key, member) in members {
            // Our own programs send only keys of the schema: any other key is an error in one of the two.
            guard let schema = properties[key] else {
              if rules["title"] == nil, properties.isEmpty { continue }
              throw wrong(place, value, "has the key \(key), which the schema does not have")
            }
            try check(member, schema, "\(place).\(key)")
          }
        }
      case ("additionalProperties", _):
        if case .object(let members) = value {
          for (key, member) in members { try check(member, rule, "\(place).\(key)") }
        }
      case ("items", _):
        if case .array(let items) = value {
          for (index, item) in items.enumerated() { try check(item, rule, "\(place)[\(index)]") }
        }
      case ("oneOf", .array(let schemas)):
        var faults: [String] = []
        for schema in schemas {
          do { try check(value, schema, place) } catch { faults.append("\(error)") }
        }
        let matches = schemas.count - faults.count
        if matches != 1 { throw wrong(place, value, "is \(matches) of oneOf: \(faults)") }
      case ("not", _):
        if (try? check(value, rule, place)) != nil {
          throw wrong(place, value, "matches a schema that it must not match")
        }
      default: throw Fault(description: "the schema uses \(keyword), which this test does not know")
      }
    }
  }

  private func wrong(_ place: String, _ value: JSONValue, _ what: String) -> Fault {
    Fault(description: "\(place.isEmpty ? "the message" : place) \(what): \(value)")
  }

  private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
    switch (type, value) {
    case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool),
      ("integer", .integer), ("null", .null),
      ("number", .integer), ("number", .number):
      true
    default: false
    }
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
