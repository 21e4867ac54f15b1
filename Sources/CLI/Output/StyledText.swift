import OSText

/// Text on its way to a terminal, with colours and moves of the cursor: those of this program's own literals. Whatever is
/// put into it is other people's text, and is made visible (``VisibleText``); so nobody can forget to.
struct StyledText: ExpressibleByStringInterpolation, Equatable, Sendable {
  /// What is written.
  private(set) var raw: String

  init(stringLiteral value: String) { raw = value }
  init(stringInterpolation: Interpolation) { raw = stringInterpolation.raw }

  /// Other people's text within a line; a newline in it is shown as `^J`.
  init(_ text: String) { raw = VisibleText.line(text) }

  /// Other people's text of several lines.
  init(lines text: String) { raw = VisibleText.of(text) }

  /// A message with other people's text in it: lines after the first are indented, so that none passes for a message.
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
