import Foundation
import GuardedFiles

/// Reads the ends of log files, one file after the other. Commands write these files, so their paths may lead to other
/// kinds of files (``FileFault/isRefusal``).
package struct LogTail {
  private var bytes: [UInt8]

  /// Creates a reader.
  ///
  /// - Parameter most: number of bytes to read at the end of a file.
  package init(most: Int) { bytes = [UInt8](repeating: 0, count: most) }

  /// The last line that is not blank, without blanks around it; nil if there is none.
  package mutating func lastLine(of path: String) throws(FileFault) -> String? {
    let count = try readEnd(of: path)
    return bytes.withUnsafeBufferPointer { bytes in
      var end = count
      while end > 0 {
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = BlankText.trimmed(UnsafeBufferPointer(rebasing: bytes[start..<end]))
        if !line.isEmpty { return String(decoding: line, as: UTF8.self) }
        end = start - 1
      }
      return nil
    }
  }

  /// The last lines as one text; nil if the file does not exist or is empty. Bytes that are not UTF-8 are replaced.
  package mutating func lines(of path: String, last count: Int) throws(FileFault) -> String? {
    let size: Int
    do throws(FileFault) { size = try readEnd(of: path) } catch {
      if error.isRefusal { throw error }
      return nil
    }
    guard size > 0 else { return nil }
    return TextLines.split(String(decoding: bytes[..<size], as: UTF8.self)).suffix(count)
      .joined(separator: "\n")
  }

  /// Reads the end of a file into ``bytes``.
  ///
  /// - Returns: the number of bytes read; 0 if the file is empty or cannot be read.
  private mutating func readEnd(of path: String) throws(FileFault) -> Int {
    let file = try GuardedFile.reading(path)
    defer { close(file) }
    let size = lseek(file, 0, SEEK_END)
    guard size > 0 else { return 0 }
    return max(0, pread(file, &bytes, bytes.count, max(0, size - bytes.count)))
  }

  /// The offset in bytes at which the last `count` lines of an open file begin. Reads backwards, so that the size of
  /// the file does not matter.
  ///
  /// - Throws: the system's error if the file cannot be read.
  package static func start(ofLast count: Int, in file: Int32, _ path: String) throws(FileFault) -> UInt64 {
    let size = lseek(file, 0, SEEK_END)
    guard size >= 0 else { throw FileFault(path, .system(errno)) }
    if count == 0 { return UInt64(size) }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var end = size
    var newlines = 0
    while end > 0 {
      let begin = max(0, end - piece.count)
      let read = pread(file, &piece, end - begin, begin)
      guard read >= 0 else { throw FileFault(path, .system(errno)) }
      for index in (0..<read).reversed() where piece[index] == 0x0A {
        // The newline at the end of the file does not begin another line.
        if begin + index == size - 1 { continue }
        newlines += 1
        if newlines == count { return UInt64(begin + index + 1) }
      }
      end = begin
    }
    return 0
  }
}
