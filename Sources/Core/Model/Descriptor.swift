import CLinux
import Foundation

/// Open file descriptors, with the system's errors. `FileHandle.write(_:)` would end the program instead.
package enum Descriptor {
  /// What a pipe or socket takes without blocking once poll(2) says that it is writable.
  package static let piece = 4096

  /// Writes all bytes. Where the descriptor does not block and has no room, it waits for some.
  ///
  /// - Parameters:
  ///   - pieces: the most bytes to write at a time; after each piece, `taken` gets its size. A call then returns as soon as
  ///     a reader has taken one, however many it was given.
  /// - Returns: errno; 0 where everything was written.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, pieces: Int = .max, taken: (Int) -> Void = { _ in }
  ) -> Int32 {
    var rest = bytes
    while !rest.isEmpty {
      if pieces < .max { waitForRoom(file) }
      let count = Foundation.write(file, rest.baseAddress, min(rest.count, pieces))
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        taken(count)
      } else if count < 0, errno == EAGAIN {
        waitForRoom(file)
      } else if count == 0 || errno != EINTR {
        return count == 0 ? EIO : errno
      }
    }
    return 0
  }

  /// The same for text.
  package static func write(
    _ text: String, to file: Int32, pieces: Int = .max, taken: (Int) -> Void = { _ in }
  ) -> Int32 {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0), to: file, pieces: pieces, taken: taken) }
  }

  /// Whether it is a regular file, which always takes what it is given, or fails.
  package static func isRegularFile(_ file: Int32) -> Bool {
    var found = stat()
    return fstat(file, &found) == 0 && found.st_mode & S_IFMT == S_IFREG
  }

  /// Returns when a read would not block, or would fail.
  package static func waitForInput(_ file: Int32) { wait(file, POLLIN) }

  /// Returns when a write would not block, or would fail.
  private static func waitForRoom(_ file: Int32) { wait(file, POLLOUT) }

  private static func wait(_ file: Int32, _ what: Int32) {
    var polled = pollfd(fd: file, events: Int16(what), revents: 0)
    clinux_poll(&polled, 1, -1)
  }
}
