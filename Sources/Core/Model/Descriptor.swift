import CLinux
import Foundation

/// Open file descriptors, with errors of the system. `FileHandle.write(_:)` would end the program on an error.
package enum Descriptor {
  /// Number of bytes that can be written to a pipe or socket without blocking when poll(2) reports it as writable.
  package static let piece = 4096

  /// Writes all bytes. If the descriptor is non-blocking and full, it waits until there is room.
  ///
  /// - Parameters:
  ///   - pieces: the maximum number of bytes per write. After each piece, `taken` is called with its size. Each write
  ///     then returns as soon as the reader has made room for one piece, however many bytes are left.
  /// - Returns: errno; 0 if everything was written.
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

  /// Whether it is a regular file. A write to it never waits for a reader.
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
