import Foundation
import GuardedFiles
import Testing

@testable import JobmonModel

@Suite("The last lines of log files")
final class LogTailTests {
  private let path = FileManager.default.temporaryDirectory.path + "/jobmon-tail-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private func write(_ text: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test(arguments: [
    ("a\nb\n", "b"), ("a\n  b \r\n \n\n", "b"), ("one", "one"), ("\n \t\n", nil), ("", nil), ("\na", "a"),
    // Only the last 8 bytes are read.
    ("0123456789", "23456789"), ("last\n\n\n\n\n\n\n\n\n", nil),
  ])
  func theLastNonBlankLine(_ text: String, line: String?) throws {
    try write(text)
    var tail = LogTail(most: 8)
    #expect(try tail.lastLine(of: path) == line)
  }

  @Test func theLastLines() throws {
    var tail = LogTail(most: 8)
    #expect(try tail.lines(of: path, last: 2) == nil)
    try write("")
    #expect(try tail.lines(of: path, last: 2) == nil)
    try write("1\n2\n\n4\n")
    #expect(try tail.lines(of: path, last: 3) == "2\n\n4")
    try write("12345\n6789\n")
    #expect(try tail.lines(of: path, last: 3) == "45\n6789")
  }

  @Test func anotherKindOfFileIsRefused() throws {
    #expect(mkfifo(path, 0o600) == 0)
    var tail = LogTail(most: 8)
    #expect { try tail.lastLine(of: path) } throws: { ($0 as? FileFault)?.isRefusal == true }
    #expect { try tail.lines(of: path, last: 1) } throws: { ($0 as? FileFault)?.isRefusal == true }
  }

  @Test(arguments: [(0, 200_004), (1, 200_002), (2, 100_001), (3, 0), (9, 0)] as [(Int, UInt64)])
  func offsetOfTheLastLines(_ count: Int, offset: UInt64) throws {
    let long = String(repeating: "x", count: 100_000)
    try write("\(long)\n\(long)\nz\n")
    let file = try GuardedFile.reading(path)
    defer { close(file) }
    #expect(try LogTail.start(ofLast: count, in: file, path) == offset)
  }
}
