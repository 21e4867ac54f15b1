import JobmonModel

/// An option that a plugin accepts for its clusters in the registry.
public struct ClusterOption: Hashable, Codable, Sendable {
  /// The type of a value. A text in the format of the type is also accepted, because `$VAR` in the registry expands to
  /// text.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// A text.
    case text
    /// A whole number that fits in 64 bits.
    case integer
    /// Any JSON number.
    case number
    /// `true` or `false`.
    case boolean
    /// Memory: `"16G"`; a number without a unit is in GiB.
    case size
    /// A time: `"2h"`, or seconds.
    case time
    /// A JSON array, whose elements the plugin checks.
    case list
    /// A JSON object, whose members the plugin checks.
    case object
    /// Any JSON value, which the plugin checks.
    case any
  }

  /// The key under `options` in the registry, unique in the plugin.
  public var name: String
  /// The type of its value. Values of other types are refused before the plugin receives them.
  public var kind: Kind
  /// A sentence for users.
  public var meaning: String

  /// Declares an option. `meaning` is a sentence for users.
  public init(_ name: String, _ kind: Kind, _ meaning: String = "") {
    self.name = name
    self.kind = kind
    self.meaning = meaning
  }

  /// Checks options against the declared ones.
  ///
  /// - Throws: ``ExecutorError`` about the first option that is not declared, or whose value has another type.
  public static func check(_ options: [String: JSONValue], against declared: [ClusterOption], cluster: String)
    throws
  {
    for (name, value) in options.sorted(by: { $0.key < $1.key }) where value != .null {
      guard let option = declared.first(where: { $0.name == name }) else {
        throw unknown(name, among: declared.map(\.name), cluster: cluster)
      }
      if !option.kind.takes(value) {
        throw wrong(name, of: cluster, mustBe: option.kind.phrase, not: value)
      }
    }
  }

  /// The error for an option with an invalid value.
  ///
  /// - Parameters:
  ///   - expected: the valid values.
  ///   - value: the given value; nil if `expected` is sufficient.
  public static func wrong(_ name: String, of cluster: String, mustBe expected: String, not value: JSONValue?)
    -> ExecutorError
  {
    let text = value.map { "; it is \(JSONWriter.text($0).prefix(longestValue))" } ?? ""
    return ExecutorError("option '\(name)' of cluster '\(cluster)' must be \(expected)\(text)")
  }

  /// Maximum number of characters of a value in an error.
  private static let longestValue = 80

  /// The error for an unknown option.
  public static func unknown(_ name: String, among known: [String], cluster: String) -> ExecutorError {
    let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    let list = known.isEmpty ? "no options" : "options: " + known.sorted().joined(separator: ", ")
    return ExecutorError(
      "cluster '\(cluster)' has the option '\(name)', which its plugin does not know\(hint) (\(list))")
  }
}

extension ClusterOption.Kind {
  func takes(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.any, _), (.text, .string), (.integer, .integer), (.number, .integer), (.number, .number),
      (.boolean, .bool), (.list, .array), (.object, .object):
      true
    case (.integer, .string(let text)): Int64(text) != nil
    case (.number, .string(let text)): Double(text) != nil
    case (.boolean, .string(let text)): text == "true" || text == "false"
    case (.size, .string), (.size, .integer), (.size, .number): value.bytes != nil
    case (.time, .string), (.time, .integer), (.time, .number): value.seconds != nil
    default: false
    }
  }

  var phrase: String {
    switch self {
    case .text: "a text"
    case .integer: "a whole number"
    case .number: "a number"
    case .boolean: "true or false"
    case .size: #"a size, such as "16G", and less than 4096P"#
    case .time: #"a time, such as "2h""#
    case .list: "a list"
    case .object: "an object"
    case .any: "any value"
    }
  }
}
