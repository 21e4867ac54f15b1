import Foundation
import Testing

@testable import JobmonModel

@Suite("Names of users")
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

  @Test("the first line of a user counts", arguments: [0: "root", 1003: "bob"])
  func found(user: uid_t, name: String) {
    #expect(UserAccount.find(user, in: Self.lines)?.name == name)
  }

  @Test("lines of other files and broken ones are no users", arguments: [1001, 1002, 4_294_967_295, 7])
  func notFound(user: uid_t) { #expect(UserAccount.find(user, in: Self.lines) == nil) }

  @Test("the home is the line's, too")
  func home() {
    let text = "x\u{301}:x:5:5::/home/x:/bin/sh\r\n"
    #expect(UserAccount.find(5, in: text) == UserAccount(name: "x\u{301}", home: "/home/x"))
  }

  @Test("the system's own entry is what getpwuid says")
  func own() throws {
    let known = try #require(getpwuid(getuid())).pointee
    #expect(
      UserAccount.own
        == UserAccount(name: String(cString: known.pw_name), home: String(cString: known.pw_dir)))
  }

  @Test("a variable says who one is only where nobody else does")
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

  @Test("what it says is taken whole")
  func asked() throws {
    #expect(try ask(#"echo "$*"; echo noise >&2; sleep 0.1; echo more"#) == "passwd 4242\nmore\n")
  }

  @Test("where there is none, or it knows nothing, there is no name")
  func nothing() throws {
    #expect(try ask("exit 2") == "")
    #expect(try ask("echo x", in: "/nowhere") == nil)
  }

  @Test("a directory that does not answer is not waited for")
  func silent() throws { #expect(try ask("sleep 1000; echo late", patience: 0.2) == nil) }
}
