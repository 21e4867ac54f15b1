import OSText

/// Text for a terminal. Only this program's own literals can contain colours and cursor moves. Interpolated text is
/// foreign and is always made visible (``VisibleText``).
struct StyledText: ExpressibleByStringInterpolation, Equatable, Sendable {
  /// The bytes that are written.
  private(set) var raw: String

  init(stringLiteral value: String) { raw = value }
  init(stringInterpolation: Interpolation) { raw = stringInterpolation.raw }

  /// Foreign text within a line; a newline in it is shown as `^J`.
  init(_ text: String) { raw = VisibleText.line(text) }

  /// Foreign text of several lines.
  init(lines text: String) { raw = VisibleText.of(text) }

  /// A message that contains foreign text. Lines after the first are indented, so none of them looks like a message.
  init(message text: String) {
    let lines = VisibleText.of(text).split(separator: "\n", omittingEmptySubsequences: false)
    raw = lines.enumerated().map { index, line in
      index == 0 || line.isEmpty || line.utf8.first == 0x20 ? String(line) : "  \(line)"
    }.joined(separator: "\n")
  }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var raw = ""

    init(literalCapacity: Int, interpolationCount: Int) { raw.reserveCapacity(literalCapacity) }
    mutating func appendLiteral(_ literal: String) { raw += literal }
    mutating func appendInterpolation(_ text: StyledText) { raw += text.raw }
    mutating func appendInterpolation(_ text: some StringProtocol) { raw += VisibleText.line(String(text)) }
    mutating func appendInterpolation(_ number: some BinaryInteger) { raw += String(number) }
  }

  static func + (first: StyledText, second: StyledText) -> StyledText { "\(first)\(second)" }
  static func += (first: inout StyledText, second: StyledText) { first.raw += second.raw }
}

extension Sequence<StyledText> {
  func joined(separator: StyledText = "") -> StyledText {
    var text: StyledText = ""
    for (index, part) in enumerated() {
      if index > 0 { text += separator }
      text += part
    }
    return text
  }
}
