import Foundation
import JobmonCore
import OSText
import Synchronization

/// Standard error, for people. A message that cannot be written is dropped: there is no other place to report it, and
/// it must not end a run.
enum Console {
  /// Whether the reader has stopped reading: a write would block forever.
  private static let isStuck = Atomic(false)

  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether the program is in the foreground; drawing from the background would disturb the foreground program.
  static var isForeground: Bool {
    let group = tcgetpgrp(STDERR_FILENO)
    return group < 0 || group == getpgrp()
  }

  /// Whether a block can be drawn in place: standard error is a terminal that can move its cursor.
  static var canDraw: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isErrorTerminal && kind != "dumb" && !kind.isEmpty
  }

  /// Prints lines, with control characters made visible.
  static func error(_ text: String) { write("\(StyledText(lines: text))\n") }

  /// Asks a question; the cursor stays after it.
  static func ask(_ question: StyledText) { write(question) }

  /// Prints text. File names in it are written byte for byte, except for control characters.
  ///
  /// - Parameter taken: called with the byte count of each piece after it is written.
  static func write(_ text: StyledText, taken: (Int) -> Void = { _ in }) {
    if isStuck.load(ordering: .relaxed) { return }
    OSText.withBytes(text.raw) {
      _ = Descriptor.write($0, to: STDERR_FILENO, pieces: Descriptor.piece, taken: taken)
    }
  }

  /// Writes nothing from now on: a thread is blocked by a reader that does not read.
  static func giveUp() { isStuck.store(true, ordering: .relaxed) }
}
