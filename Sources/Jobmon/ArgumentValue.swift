import Foundation
import JobmonCore

/// A type whose values can be values of arguments. Every value becomes text: `1` and `"1"` are the same value.
public protocol ArgumentValue: Sendable {
  /// The text in the command and in the task's identity.
  var argumentText: String { get }
}

extension String: ArgumentValue {
  /// The string, unchanged.
  public var argumentText: String { self }
}

extension Substring: ArgumentValue {
  /// The substring, unchanged.
  public var argumentText: String { String(self) }
}

extension ArgumentValue where Self: BinaryInteger {
  /// Decimal digits, with a minus sign before negative numbers.
  public var argumentText: String { String(self) }
}

extension Int: ArgumentValue {}
extension Int8: ArgumentValue {}
extension Int16: ArgumentValue {}
extension Int32: ArgumentValue {}
extension Int64: ArgumentValue {}
extension UInt: ArgumentValue {}
extension UInt8: ArgumentValue {}
extension UInt16: ArgumentValue {}
extension UInt32: ArgumentValue {}
extension UInt64: ArgumentValue {}

extension Double: ArgumentValue {
  /// The shortest decimal text that is parsed as the same number: `0.1`, `1e-07`, `nan`, `inf`.
  public var argumentText: String { String(self) }
}

extension Float: ArgumentValue {
  /// The shortest decimal text that is parsed as the same number.
  public var argumentText: String { String(self) }
}

extension Bool: ArgumentValue {
  /// `true` or `false`.
  public var argumentText: String { self ? "true" : "false" }
}

/// nil becomes empty text.
extension Optional: ArgumentValue where Wrapped: ArgumentValue {
  /// The value's text; empty if there is no value.
  public var argumentText: String { self?.argumentText ?? "" }
}

/// A list becomes compact JSON text: numbers, true, false and null as JSON values, everything else as strings. Numbers
/// that are not finite are strings too, because JSON does not have them.
extension Array: ArgumentValue where Element: ArgumentValue {
  /// Compact JSON, such as `[1,"a",null]`.
  public var argumentText: String { "[" + map(\.jsonText).joined(separator: ",") + "]" }
}

extension ArgumentValue {
  fileprivate var jsonText: String {
    switch self {
    case let optional as any OptionalValue where optional.isNone: return "null"
    case is any BinaryInteger, is Bool: return argumentText
    case let number as any BinaryFloatingPoint where number.isFinite: return argumentText
    case let list as any Collection where !(self is String || self is Substring):
      return list.isEmpty ? "[]" : argumentText
    default:
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      // Encoding text cannot fail.
      return String(decoding: try! encoder.encode(argumentText), as: UTF8.self)
    }
  }
}

/// Distinguishes nil from a value whose text is empty.
private protocol OptionalValue {
  var isNone: Bool { get }
}

extension Optional: OptionalValue {
  fileprivate var isNone: Bool {
    if case .none = self { true } else { false }
  }
}
