import Foundation
import Testing

@testable import JobmonModel

@Suite("User accounts")
struct UserAccountTests {
  private static let lines = """
    root:x:0:0:root:/root:/bin/bash
    # 1000:x:1000:1000::/no:/bin/sh
    +@staff::1000:::
    alice:x:1000:1000:Alice,,,:/home/alice:/bin/bash
    again:x:1000:1000::/home/again:/bin/sh
    crooked:x:1001
    :x:1002:1002::/home/nameless:/bin/sh
    bob:x:1003:1003::/home/bob:

    """

  @Test("the first passwd line with the uid is used", arguments: [0: "root", 1003: "bob"])
  func found(user: uid_t, name: String) {
    #expect(UserAccount.find(user, in: Self.lines)?.name == name)
  }

  @Test(
    "malformed lines are ignored, and an unknown uid has no account",
    arguments: [1001, 1002, 4_294_967_295, 7])
  func notFound(user: uid_t) { #expect(UserAccount.find(user, in: Self.lines) == nil) }

  @Test("the name and the home directory are read from the same line")
  func home() {
    let text = "x\u{301}:x:5:5::/home/x:/bin/sh\r\n"
    #expect(UserAccount.find(5, in: text) == UserAccount(name: "x\u{301}", home: "/home/x"))
  }

  @Test("the account of this process matches getpwuid")
  func own() throws {
    let known = try #require(getpwuid(getuid())).pointee
    #expect(
      UserAccount.own
        == UserAccount(name: String(cString: known.pw_name), home: String(cString: known.pw_dir)))
  }

  @Test("the user variable is used only without an account, and the uid only without both")
  func order() {
    let account = UserAccount(name: "alice", home: "/home/alice")
    #expect(CurrentUser.name(account, variable: "forged", number: 7) == "alice")
    #expect(CurrentUser.name(nil, variable: "said", number: 7) == "said")
    #expect(CurrentUser.name(nil, variable: "", number: 7) == "7")
    #expect(CurrentUser.name(nil, variable: nil, number: 7) == "7")
  }

  // MARK: getent

  /// Looks up a name with this script as `getent`.
  private func ask(_ script: String, in folder: String? = nil, patience: Double = 30) throws -> String? {
    let place = FileManager.default.temporaryDirectory.path + "/jobmon-getent-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: place) }
    try "#!/bin/sh\n\(script)\n".write(toFile: place + "/getent", atomically: false, encoding: .utf8)
    chmod(place + "/getent", 0o700)
    return GetEnt.passwd(4242, path: folder ?? "relative:/nowhere:\(place)", patience: patience)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test("the whole output of getent is read")
  func asked() throws {
    #expect(try ask(#"echo "$*"; echo noise >&2; sleep 0.1; echo more"#) == "passwd 4242\nmore\n")
  }

  @Test("an unknown user gives no output, and a missing getent gives nil")
  func nothing() throws {
    #expect(try ask("exit 2") == "")
    #expect(try ask("echo x", in: "/nowhere") == nil)
  }

  @Test("a getent that does not answer times out")
  func silent() throws { #expect(try ask("sleep 1000; echo late", patience: 0.2) == nil) }
}
