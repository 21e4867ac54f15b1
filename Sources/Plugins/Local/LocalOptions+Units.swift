import JobmonCore

/// Sizes and times of options, by the rules of workflow files.
extension LocalOptions {
  /// Bytes: `"16G"`, `"512 MiB"`; a bare number is GiB.
  static func bytes(_ value: JSONValue) -> Int64? { text(value).flatMap(MemorySize.bytes) }

  /// Seconds: `3600`, `"2h"`, `"1h30m"`.
  static func seconds(_ value: JSONValue) -> Int64? { text(value).flatMap(RuntimeSpan.seconds) }

  private static func text(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    default: nil
    }
  }
}
