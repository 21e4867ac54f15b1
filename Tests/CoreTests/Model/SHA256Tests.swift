import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

/// The examples of FIPS 180-4 (csrc.nist.gov, SHA_All.pdf).
@Suite struct SHA256Tests {
  private static func hash(_ pieces: [[UInt8]], _ hash: SHA256 = SHA256()) -> String {
    for piece in pieces { piece.withUnsafeBytes { hash.add($0) } }
    return hash.finish { bytes in bytes.map { String(format: "%02x", $0) }.joined() }
  }

  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func examples(_ text: String, _ expected: String) {
    #expect(Self.hash([Array(text.utf8)]) == expected)
    #expect(Self.hash(text.utf8.map { [$0] }) == expected, "byte by byte")
  }

  @Test func aComputationCanBeReused() {
    let hash = SHA256()
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(
      Self.hash([million], hash) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    #expect(
      Self.hash([Array("abc".utf8)], hash)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    // An abandoned computation leaves no state.
    million.withUnsafeBytes { hash.add($0) }
    hash.begin()
    #expect(Self.hash([], hash) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  /// All threads share the algorithm.
  @Test func concurrentComputationsAreIndependent() async {
    let hashes = await withTaskGroup(of: String.self) { group in
      for _ in 0..<64 { group.addTask { Self.hash([Array("abc".utf8)]) } }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(hashes == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
  }
}
