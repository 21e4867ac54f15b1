import Foundation

/// The width of ArgumentParser's help and usage. ArgumentParser uses `COLUMNS`, else the terminal's width, without
/// checking. If that leaves no room for words, it crashes or prints nothing.
enum HelpWidth {
  private static let sensible = 40...10_000

  /// Corrects `COLUMNS` if it is too small or far too large. Call it only when no more processes will be started that
  /// would inherit the environment.
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
