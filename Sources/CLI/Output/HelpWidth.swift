import Foundation

/// How wide ArgumentParser writes help and usage: it takes `COLUMNS`, else the terminal's width, whatever these are, and
/// ends the program, or writes nothing, where they leave no room for words.
enum HelpWidth {
  private static let sensible = 40...10_000

  /// Corrects `COLUMNS` where there is no room, or far too much. To be called when nothing is started any more that would
  /// get the environment.
  static func correct() {
    var size = winsize()
    let terminal = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 ? Int(size.ws_col) : 0
    let given = getenv("COLUMNS").map { String(cString: $0) }
    guard let width = given.map({ Int($0) ?? 80 }) ?? (terminal > 0 ? terminal : nil),
      !sensible.contains(width)
    else { return }
    setenv("COLUMNS", "\(width <= 0 ? 80 : min(max(width, sensible.lowerBound), sensible.upperBound))", 1)
  }
}
