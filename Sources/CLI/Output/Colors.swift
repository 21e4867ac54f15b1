import Foundation

/// Colours for terminals with colours enabled (no-color.org).
struct Colors: Sendable {
  let isOn: Bool

  init(setting: String, terminal: Bool) {
    switch setting {
    case "always": isOn = true
    case "never": isOn = false
    default:
      let environment = ProcessInfo.processInfo.environment
      isOn = terminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }

  func red(_ text: StyledText) -> StyledText { paint(text, 31) }
  func green(_ text: StyledText) -> StyledText { paint(text, 32) }
  func yellow(_ text: StyledText) -> StyledText { paint(text, 33) }
  func bold(_ text: StyledText) -> StyledText { paint(text, 1) }
  func faint(_ text: StyledText) -> StyledText { paint(text, 2) }

  private func paint(_ text: StyledText, _ code: Int) -> StyledText {
    isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
