import Foundation
import GuardedFiles
import Testing

@Suite("Files that other users could have prepared")
final class GuardedFileTests {
  private let root = NSTemporaryDirectory() + "/guarded-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ name: String, _ text: String, appends: Bool = false) throws(FileFault) {
    let (folder, name) = LogPath.split("\(root)/\(name)")
    let file = try GuardedFolder.ofLogs(folder, makes: true).writing(name, appends: appends)
    defer { close(file) }
    #expect(fcntl(file, F_GETFL) & O_NONBLOCK == 0, "a command would inherit O_NONBLOCK")
    #expect(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
  }

  private func text(_ name: String) -> String? {
    try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
  }

  private func fault(_ body: () throws(FileFault) -> Void) -> FileFault.Reason? {
    do throws(FileFault) { try body() } catch { return error.reason }
    return nil
  }

  @Test("own files are created, truncated and appended to")
  func ownFiles() throws {
    try write("12-abcdef/t/0/a.o1", "longer")
    try write("12-abcdef/t/0/a.o1", "one")
    #expect(text("12-abcdef/t/0/a.o1") == "one")
    try write("12-abcdef/t/0/a.o1", " two", appends: true)
    try write("new", "x", appends: true)
    #expect(text("12-abcdef/t/0/a.o1") == "one two" && text("new") == "x")
    let made = try FileManager.default.attributesOfItem(atPath: "\(root)/12-abcdef/t")
    #expect(made[.posixPermissions] as? Int == 0o700)
  }

  @Test("links, files of other kinds and files of other users are neither written nor read")
  func otherKinds() throws {
    try write("file", "kept")
    let other = "\(root)/other"
    #expect(symlink("\(root)/file", "\(root)/link") == 0 && link("\(root)/file", "\(root)/hard") == 0)
    #expect(symlink("\(root)/nothing", "\(root)/dangling") == 0)
    #expect(mkfifo("\(root)/fifo", 0o600) == 0 && mkdir("\(root)/folder", 0o700) == 0)
    #expect(fault { () throws(FileFault) in try write("link", "x") } == .symbolicLink)
    #expect(fault { () throws(FileFault) in try write("dangling", "x") } == .symbolicLink)
    #expect(fault { () throws(FileFault) in try write("hard", "x") } == .hardLink)
    #expect(fault { () throws(FileFault) in try write("fifo", "x") } == .kind("a FIFO"))
    // With a reader, the FIFO could be opened.
    let reader = open("\(root)/fifo", O_RDONLY | O_NONBLOCK)
    #expect(fault { () throws(FileFault) in try write("fifo", "x") } == .kind("a FIFO"))
    close(reader)
    #expect(fault { () throws(FileFault) in try write("folder", "x") } == .kind("a folder"))
    for name in ["link", "fifo", "folder", "dangling"] {
      let reason = fault { () throws(FileFault) in close(try GuardedFile.reading("\(root)/\(name)")) }
      #expect(reason?.isRefusal == true, "\(name)")
    }
    #expect(
      fault { () throws(FileFault) in close(try GuardedFile.reading("\(root)/none")) } == .system(ENOENT))
    #expect(text("file") == "kept" && text("nothing") == nil)
    guard geteuid() == 0 else { return }
    #expect(FileManager.default.createFile(atPath: other, contents: Data("his".utf8)))
    #expect(chown(other, 65534, 65534) == 0)
    #expect(fault { () throws(FileFault) in try write("other", "x") } == .owner(65534))
    #expect(text("other") == "his")
  }

  @Test("log folders of a workflow must not be links or belong to other users, but folders above them may")
  func folders() throws {
    #expect(mkdir("\(root)/real", 0o1777) == 0 && chmod("\(root)/real", 0o1777) == 0)
    #expect(symlink("\(root)/real", "\(root)/logs") == 0)
    try write("logs/1-abcdef/t/0/a.o1", "x")
    #expect(symlink("\(root)/real", "\(root)/real/2-abcdef") == 0)
    #expect(fault { () throws(FileFault) in try write("logs/2-abcdef/t/0/a.o1", "x") } == .symbolicLink)
    #expect(symlink("\(root)/real", "\(root)/real/1-abcdef/u") == 0)
    #expect(fault { () throws(FileFault) in try write("logs/1-abcdef/u/0/a.o1", "x") } == .symbolicLink)
    #expect(fault { () throws(FileFault) in try write("logs/2-abcdef/on_finish.o1", "x") } == .symbolicLink)
    guard geteuid() == 0 else { return }
    #expect(mkdir("\(root)/real/3-abcdef", 0o777) == 0 && chown("\(root)/real/3-abcdef", 65534, 65534) == 0)
    #expect(fault { () throws(FileFault) in try write("logs/3-abcdef/t/0/a.o1", "x") } == .owner(65534))
    // A file system may show another owner for all files of a user.
    #expect(mkdir("\(root)/squashed", 0o700) == 0 && mkdir("\(root)/squashed/4-abcdef", 0o700) == 0)
    #expect(chown("\(root)/squashed", 65534, 65534) == 0)
    #expect(chown("\(root)/squashed/4-abcdef", 65534, 65534) == 0)
    try write("squashed/4-abcdef/t/0/a.o1", "x")
  }

  @Test(
    "the log root is the path before the folder of a workflow",
    arguments: [
      ("/logs/12-abcdef/t/0", "/logs"), ("/logs/12-abcdef", "/logs"), ("/logs/12-abcdef/attributes", "/logs"),
      ("/logs/12-abcdef/3-000000/0", "/logs"), ("/12-ABCDEF/t/0", ""), ("/data/out", "/data/out"),
      ("/12-abcdef/a/b/c", "/12-abcdef/a/b/c"), ("/logs/12-abcdefa/t/0", "/logs/12-abcdefa/t/0"),
      ("out", "out"),
    ])
  func logRoot(folder: String, root: String) {
    #expect(LogPath.root(of: folder) == root)
  }
}

extension FileFault.Reason {
  fileprivate var isRefusal: Bool { if case .system = self { false } else { true } }
}
