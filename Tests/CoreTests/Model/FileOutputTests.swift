import Foundation
import Testing

@testable import JobmonModel

@Suite("Output files named by users")
struct FileOutputTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/jobmon-output-\(UUID().uuidString)"

  /// Runs a test in its own folder.
  private func inFolder(_ body: (_ path: (String) -> String) throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body { "\(folder)/\($0)" }
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  private func mode(_ path: String) -> mode_t {
    var found = stat()
    return lstat(path, &found) == 0 ? found.st_mode : 0
  }

  @Test("a chain of links is followed to its end, whether or not the file exists", arguments: [true, false])
  func links(exists: Bool) throws {
    try inFolder { path in
      if exists { try "old".write(toFile: path("file"), atomically: false, encoding: .utf8) }
      mkdir(path("deep"), 0o700)
      symlink("../second", path("deep/first"))
      symlink(path("file"), path("second"))
      try FileOutput.write(Data("new".utf8), to: path("deep/first"))
      #expect(text(path("file")) == "new")
      #expect(mode(path("deep/first")) & S_IFMT == S_IFLNK && mode(path("second")) & S_IFMT == S_IFLNK)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["deep", "file", "second"])
    }
  }

  @Test("the mode of a file is kept, and a new private file has mode 600")
  func modes() throws {
    try inFolder { path in
      try FileOutput.write(Data("1".utf8), to: path("private"), isPrivate: true)
      #expect(mode(path("private")) & 0o777 == 0o600)
      chmod(path("private"), 0o4751)
      try FileOutput.write(Data("2".utf8), to: path("private"), isPrivate: true)
      #expect(mode(path("private")) & 0o7777 == 0o4751 && text(path("private")) == "2")
    }
  }

  @Test("a device is written to and stays a device")
  func device() throws {
    try inFolder { path in
      // The device numbers of /dev/null.
      #expect(mknod(path("null"), S_IFCHR | 0o600, 1 << 8 | 3) == 0, "this test needs root")
      try FileOutput.write(Data("gone".utf8), to: path("null"))
      #expect(mode(path("null")) & S_IFMT == S_IFCHR)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["null"])
    }
  }

  @Test("write errors have the message of the system, and leave no file")
  func faults() throws {
    try inFolder { path in
      symlink(path("loop"), path("loop"))
      for (target, why) in [
        ("loop", "Too many levels of symbolic links"), (".", "Is a directory"),
        ("nowhere/file", "there is no folder \(folder)/nowhere"),
      ] {
        let fault = #expect(throws: FileOutput.Fault.self) {
          try FileOutput.write(Data("x".utf8), to: path(target))
        }
        #expect(fault?.description == why)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == ["loop"])
    }
  }
}
