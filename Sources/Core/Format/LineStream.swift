import Foundation
import JobmonModel

/// Reads the lines of a file or of standard input one at a time, with little memory.
final class LineStream {
  /// Maximum length of a line in bytes.
  private static let longest = 64 << 20

  /// The path, or `-`, for messages.
  let name: String
  private let descriptor: Int32
  private let isOurs: Bool
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false
  private var mayHaveMark = true
  /// Number of the last line read, from 1.
  private(set) var number = 0

  /// Whether the last line read has no newline. The process that wrote it may have been interrupted.
  private(set) var endsInLine = false

  /// Opens a file.
  ///
  /// - Parameter path: `-` is standard input.
  /// - Throws: ``RunRefusal`` if it cannot be opened.
  init(path: String, name: String? = nil) throws {
    self.name = name ?? path
    isOurs = path != "-"
    descriptor = path == "-" ? STDIN_FILENO : OSFile.open(path, O_RDONLY)
    guard descriptor >= 0 else {
      let fault =
        errno == ENOENT ? TextFault.missing : .unreadable(reason: String(cString: strerror(errno)))
      throw RunRefusal(fault, in: FilePlace(self.name))
    }
  }

  deinit {
    piece.deallocate()
    if isOurs { close(descriptor) }
  }

  /// Calls `body` with the next line, without its newline; nil at the end.
  func next<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result? {
    guard let range = try nextRange() else { return nil }
    number += 1
    // The last line may have no newline.
    defer { start = min(range.upperBound + 1, buffer.count) }
    return try buffer.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// The rest of the text.
  func rest() throws -> String {
    while !isAtEnd { try readPiece() }
    defer { start = buffer.count }
    return try text(buffer[start...])
  }

  func text(_ bytes: some Collection<UInt8>) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunRefusal(TextFault.notUTF8, in: FilePlace(name, line: max(1, number)))
    }
    return text
  }

  private func nextRange() throws -> Range<Int>? {
    while mayHaveMark { try readPiece() }
    var searched = start
    while true {
      if let newline = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) { return start..<newline }
      searched = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return nil }
        endsInLine = true
        return start..<buffer.count
      }
      if buffer.count - start > Self.longest {
        throw RunRefusal(
          TextFault.longLine(longest: Self.longest), in: FilePlace(name, line: number + 1))
      }
      searched -= start
      try readPiece()
    }
  }

  private func readPiece() throws {
    if start > 0 {
      buffer.removeFirst(min(start, buffer.count))
      start = 0
    }
    var count: Int
    repeat { count = read(descriptor, piece.baseAddress, piece.count) } while count < 0 && errno == EINTR
    if count < 0 {
      throw RunRefusal(
        TextFault.unreadable(reason: String(cString: strerror(errno))), in: FilePlace(name))
    }
    buffer.append(contentsOf: piece[..<count])
    isAtEnd = count == 0
    // Some Windows programs write a byte order mark before the text.
    if mayHaveMark, buffer.count >= 3 || isAtEnd {
      mayHaveMark = false
      if TextLines.hasMark(buffer) { buffer.removeFirst(3) }
    }
  }
}
