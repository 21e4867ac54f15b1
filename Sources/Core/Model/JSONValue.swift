/// Any JSON value, for example an option of a cluster.
public enum JSONValue: Hashable, Sendable {
  /// JSON's `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without a fraction that fits into 64 bits.
  case integer(Int64)
  /// Any other number.
  case number(Double)
  /// A text.
  case string(String)
  /// A list of values.
  case array([JSONValue])
  /// Values by key. The order of the keys in the text is not kept.
  case object([String: JSONValue])
}

extension JSONValue: Codable {
  /// Reads any JSON value. A number is ``integer(_:)`` if it is whole and fits into 64 bits.
  ///
  /// - Throws: `DecodingError` if the decoder has a value that is not JSON.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let bool = try? value.decode(Bool.self) {
      self = .bool(bool)
    } else if let integer = try? value.decode(Int64.self) {
      self = .integer(integer)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let string = try? value.decode(String.self) {
      self = .string(string)
    } else if let array = try? value.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try value.decode([String: JSONValue].self))
    }
  }

  /// Writes the value as JSON.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

// Allows JSON values to be written as literals.
extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral
{
  /// A text, from a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A whole number, from a literal.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// `true` or `false`, from a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// A list, from a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}
