import Foundation
import JobmonCore

/// The size of a terminal, in characters.
struct TerminalSize {
  var columns: Int
  var rows: Int

  static var ofStandardError: TerminalSize {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return TerminalSize(columns: 80, rows: 24)
    }
    return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Maximum width of a table on standard output, in columns; nil if that is not a terminal, and nothing is cut.
  static var columnsOfStandardOutput: Int? {
    guard StandardOutput.isTerminal else { return nil }
    if let given = getenv("COLUMNS").flatMap({ Int(String(cString: $0)) }), given > 0 {
      return max(given, 20)
    }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return max(Int(size.ws_col), 20)
  }
}
