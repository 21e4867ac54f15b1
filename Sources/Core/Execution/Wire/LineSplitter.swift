import Foundation
import JobmonModel

/// Splits a stream of bytes into lines. Lines that are too long are skipped.
package struct LineSplitter {
  let longest: Int
  private var rest = Data()
  /// Whether the rest of a line that is too long is being skipped.
  private var isSkipping = false
  /// Number of lines that were too long.
  private(set) var skipped = 0

  init(longest: Int) { self.longest = longest }

  /// The bytes after the last line end.
  var unfinished: Data { rest }

  /// The lines that are now complete, without their line ends. Empty lines are left out.
  mutating func take(_ bytes: UnsafeRawBufferPointer) -> [Data] {
    var lines: [Data] = []
    var start = 0
    while start < bytes.count {
      let left = bytes.count - start
      guard let end = memchr(bytes.baseAddress! + start, 10, left) else {
        append(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        break
      }
      let length = UnsafeRawPointer(end) - (bytes.baseAddress! + start)
      append(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
      if !rest.isEmpty { lines.append(rest) }
      rest = Data()
      isSkipping = false
      start += length + 1
    }
    return lines
  }

  private mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !isSkipping else { return }
    guard rest.count + bytes.count <= longest else {
      rest = Data()
      isSkipping = true
      skipped += 1
      return
    }
    rest.append(contentsOf: bytes)
  }
}

extension LineSplitter {
  /// Reads a file to its end, and passes on the lines of each piece. Returns the bytes after the last line end.
  ///
  /// - Parameter said: receives the lines of a piece, and the number of lines that were skipped.
  package static func read(_ file: Int32, longest: Int, _ said: (_ lines: [Data], _ tooLong: Int) -> Void)
    -> Data
  {
    var splitter = LineSplitter(longest: longest)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { piece.deallocate() }
    var skipped = 0
    while true {
      let count = Foundation.read(file, piece.baseAddress, piece.count)
      if count < 0, errno == EINTR { continue }
      // The process that opened the file may have made it non-blocking.
      if count < 0, errno == EAGAIN {
        Descriptor.waitForInput(file)
        continue
      }
      guard count > 0 else { return splitter.unfinished }
      let lines = splitter.take(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      let tooLong = splitter.skipped - skipped
      skipped = splitter.skipped
      if !lines.isEmpty || tooLong > 0 { said(lines, tooLong) }
    }
  }
}
