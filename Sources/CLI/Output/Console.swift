import Foundation
import JobmonCore
import OSText
import Synchronization

/// Standard error, for people. A message that cannot be written is lost: there is no other place to tell of it, and it
/// must not end a run.
enum Console {
  /// Whether nobody reads it any more: a write would wait for ever.
  private static let isStuck = Atomic(false)

  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether what is drawn on the terminal is for the person who looks at it: not while the program is in the background.
  static var isForeground: Bool {
    let group = tcgetpgrp(STDERR_FILENO)
    return group < 0 || group == getpgrp()
  }

  /// Whether a block can be drawn in place: standard error is a terminal that can move its cursor.
  static var canDraw: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isErrorTerminal && kind != "dumb" && !kind.isEmpty
  }

  /// Prints lines, whose control characters are made visible.
  static func error(_ text: String) { write("\(StyledText(lines: text))\n") }

  /// Asks a question; the cursor stays behind it.
  static func ask(_ question: StyledText) { write(question) }

  /// Prints text; names of files in it are written byte for byte, but for control characters.
  ///
  /// - Parameter taken: called with the bytes of each piece that was written.
  static func write(_ text: StyledText, taken: (Int) -> Void = { _ in }) {
    if isStuck.load(ordering: .relaxed) { return }
    OSText.withBytes(text.raw) {
      _ = Descriptor.write($0, to: STDERR_FILENO, pieces: Descriptor.piece, taken: taken)
    }
  }

  /// From now on nothing is written: a thread is waiting for a reader that takes nothing.
  static func giveUp() { isStuck.store(true, ordering: .relaxed) }
}
