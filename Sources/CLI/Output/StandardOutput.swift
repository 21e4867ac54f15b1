import Foundation
import JobmonCore
import OSText

/// Standard output. Everything is written at once and checked: a program must not end with success when what it was
/// asked for was lost.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints lines for people, whose control characters are made visible.
  static func line(_ text: String) throws(OutputFailure) { try line(StyledText(lines: text)) }

  /// Prints lines for people, with the styling of this program.
  ///
  /// - Parameter end: what is written behind them; nothing behind a piece.
  static func line(_ text: StyledText, end: String = "\n") throws(OutputFailure) {
    let failure = OSText.withBytes(text.raw + end) { Descriptor.write($0, to: STDOUT_FILENO) }
    try check(failure)
  }

  /// Prints a line for a program, such as the name of a file: byte for byte, but on a terminal.
  static func value(_ text: String) throws(OutputFailure) {
    if isTerminal { return try line(text) }
    try write(Data(OSText.bytes("\(text)\n")))
  }

  /// Prints a line for programs, which is UTF-8 whatever the files are called.
  static func json(_ text: String, end: String = "\n") throws(OutputFailure) {
    try check(Descriptor.write(VisibleText.json(text) + end, to: STDOUT_FILENO))
  }

  /// Prints bytes as they are.
  static func write(_ bytes: Data) throws(OutputFailure) {
    try check(bytes.withUnsafeBytes { Descriptor.write($0, to: STDOUT_FILENO) })
  }

  /// Finds out what a file system says only when a file is closed: network file systems tell of a full disk or quota then.
  static func finish() throws(OutputFailure) {
    let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    if copy >= 0, close(copy) != 0 { throw OutputFailure(code: errno) }
  }

  private static func check(_ failure: Int32) throws(OutputFailure) {
    if failure != 0 { throw OutputFailure(code: failure) }
  }
}
