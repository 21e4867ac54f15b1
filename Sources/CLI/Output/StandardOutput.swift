import Foundation
import JobmonCore
import OSText

/// Standard output. Every write is checked: the program must not exit with success if its output was lost.
enum StandardOutput {
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Prints lines for people, with control characters made visible.
  static func line(_ text: String) throws(OutputFailure) { try line(StyledText(lines: text)) }

  /// Prints lines for people, with this program's styling.
  ///
  /// - Parameter end: written after the lines; empty for a piece of a longer text.
  static func line(_ text: StyledText, end: String = "\n") throws(OutputFailure) {
    let failure = OSText.withBytes(text.raw + end) { Descriptor.write($0, to: STDOUT_FILENO) }
    try check(failure)
  }

  /// Prints a line for a program, such as a file name: byte for byte unless standard output is a terminal.
  static func value(_ text: String) throws(OutputFailure) {
    if isTerminal { return try line(text) }
    try write(Data(OSText.bytes("\(text)\n")))
  }

  /// Prints a line for programs; always valid UTF-8, even if file names are not.
  static func json(_ text: String, end: String = "\n") throws(OutputFailure) {
    try check(Descriptor.write(VisibleText.json(text) + end, to: STDOUT_FILENO))
  }

  /// Prints bytes unchanged.
  static func write(_ bytes: Data) throws(OutputFailure) {
    try check(bytes.withUnsafeBytes { Descriptor.write($0, to: STDOUT_FILENO) })
  }

  /// Checks for errors that are reported only on close: network file systems report a full disk or quota then.
  static func finish() throws(OutputFailure) {
    let copy = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    if copy >= 0, close(copy) != 0 { throw OutputFailure(code: errno) }
  }

  private static func check(_ failure: Int32) throws(OutputFailure) {
    if failure != 0 { throw OutputFailure(code: failure) }
  }
}
