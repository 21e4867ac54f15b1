import Foundation
import JobmonCore

/// What can be the value of an argument. Whatever it is, it is text: `1` and `"1"` are one value.
public protocol ArgumentValue: Sendable {
  var argumentText: String { get }
}

extension String: ArgumentValue {
  public var argumentText: String { self }
}

extension Substring: ArgumentValue {
  public var argumentText: String { String(self) }
}

extension ArgumentValue where Self: BinaryInteger {
  public var argumentText: String { String(self) }
}

extension Int: ArgumentValue {}
extension Int64: ArgumentValue {}
extension Int32: ArgumentValue {}
extension UInt: ArgumentValue {}

extension Double: ArgumentValue {
  public var argumentText: String { String(self) }
}

extension Bool: ArgumentValue {
  public var argumentText: String { self ? "true" : "false" }
}

/// Nothing is empty text.
extension Optional: ArgumentValue where Wrapped: ArgumentValue {
  public var argumentText: String { self?.argumentText ?? "" }
}

/// A list is its compact JSON text: numbers, true, false and null as such, everything else as texts.
extension Array: ArgumentValue where Element: ArgumentValue {
  public var argumentText: String { "[" + map(\.jsonText).joined(separator: ",") + "]" }
}

extension ArgumentValue {
  fileprivate var jsonText: String {
    switch self {
    case is any BinaryInteger, is Bool, is Double: return argumentText
    case let list as any Collection where !(self is String || self is Substring):
      return list.isEmpty ? "[]" : argumentText
    default:
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      // Text can always be encoded.
      return String(decoding: try! encoder.encode(argumentText), as: UTF8.self)
    }
  }
}
