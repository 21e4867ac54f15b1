import Foundation
import JobmonCore

/// Standard output could not be written.
struct OutputFailure: Error {
  /// errno.
  let code: Int32

  /// Whether the reader has closed the pipe, as `head` does after its last line.
  var isReaderGone: Bool { code == EPIPE }

  /// Prints the failure on standard error.
  func tell() { Console.error("jobmon: cannot write standard output: \(String(cString: strerror(code)))") }

  /// Exits as other tools do: by SIGPIPE if the reader has closed the pipe, else with exit code 1 and a message.
  func end() -> Never {
    if isReaderGone {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    tell()
    exit(1)
  }
}
