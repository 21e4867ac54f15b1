import Foundation
import JobmonModel

/// Formats texts for YAML files.
package enum YAMLText {
  /// `text` as a key or a value that every parser reads as this text: plain if that is safe, otherwise in quotes.
  package static func scalar(_ text: String) -> String {
    let isPlain = text.wholeMatch(of: #/[A-Za-z_~/][A-Za-z0-9_./+@%=-]*/#) != nil && text != "~"
    let isWord = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    return isPlain && !isWord ? text : quoted(text)
  }

  /// Objects as blocks of `key: value` lines with sorted keys; other values as JSON.
  static func block(_ members: [String: JSONValue], indent: String = "") -> String {
    members.sorted { $0.key < $1.key }.map { key, value in
      let start = "\(indent)\(scalar(key)):"
      return switch value {
      case .object(let inner) where !inner.isEmpty: "\(start)\n\(block(inner, indent: indent + "  "))"
      case .string(let text): "\(start) \(scalar(text))\n"
      default: "\(start) \(JSONWriter.text(value))\n"
      }
    }.joined()
  }

  /// In double quotes, as in JSON.
  static func quoted(_ text: String) -> String { JSONWriter.text(.string(text)) }
}
