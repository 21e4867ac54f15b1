import Foundation
import JobmonCore

/// Standard output could not be written.
struct OutputFailure: Error {
  /// errno.
  let code: Int32

  /// Whether the reader has gone, as `head` does when it has seen enough.
  var isReaderGone: Bool { code == EPIPE }

  /// Says it on standard error.
  func tell() { Console.error("jobmon: cannot write standard output: \(String(cString: strerror(code)))") }

  /// Ends the program as other tools end: by SIGPIPE where the reader has gone, else with exit code 1 and a message.
  func end() -> Never {
    if isReaderGone {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    tell()
    exit(1)
  }
}
