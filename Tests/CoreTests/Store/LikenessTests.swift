import Testing

@testable import JobmonStore

/// Which errors are grouped together.
@Suite struct LikenessTests {
  @Test(arguments: [
    ("cannot open /data/7.csv", "cannot open /scratch/x/8.csv"),
    (
      "FileNotFoundError: [Errno 2] No such file or directory: '/a/b.csv'",
      "FileNotFoundError: [Errno 2] No such file or directory: '/c/d.csv'"
    ),
    ("segfault at 0x7ffe01 in thread 3", "segfault at 0xdeadbeef in thread 12"),
    ("job 550e8400-e29b-41d4-a716-446655440000 gone", "job 123e4567-e89b-12d3-a456-426614174000 gone"),
    ("2026-01-02T03:04:05.123Z lost n1", "2027-11-12T13:14:15Z lost n23"),
    ("at 03:04:05, took 1.5 s", "at 13:04:05, took 22 s"),
    ("used 1.2 GiB, asked for 500 MiB", "used 13 GiB, asked for 0.5 MiB"),
    ("commit 9f86d081884c failed", "commit 60303ae22b99 failed"),
    ("a   b", " a b "),
  ])
  func similarMessagesAreGrouped(first: String, second: String) {
    #expect(Likeness(first).rest == Likeness(second).rest)
  }

  @Test(arguments: [
    ("cannot open x", "cannot write x"), ("exit code 1", "signal 1"), ("KeyError: 'a'", "KeyError: 'b'"),
    ("added", "faded"), ("", "x"),
  ])
  func differentMessagesAreNotGrouped(first: String, second: String) {
    #expect(Likeness(first).rest != Likeness(second).rest)
  }

  @Test func theNormalizedTextIsReadable() {
    #expect(
      Likeness("task 17: cannot open '/data/7.csv' (0x7f).").rest == "task 0: cannot open '<path>' (0).")
    #expect(Likeness("ends with 0-").rest == "ends with 0-")
  }
}
