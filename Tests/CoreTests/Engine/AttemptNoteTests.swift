import Testing

@testable import JobmonCore

@Suite("What a kept reason says of the attempts after it")
struct AttemptNoteTests {
  @Test("is taken apart as it was put together")
  func roundTrip() {
    let time = Timestamp(milliseconds: 1_700_000_000_123)
    let held = "its node failed" + AttemptNote.pause(until: time)
    #expect(AttemptNote.until(held) == time.iso8601)
    #expect(AttemptNote.essence(held) == "its node failed")
    for most in [1, 3] {
      #expect(AttemptNote.essence("exit code 1; \(AttemptNote.last(of: most))") == "exit code 1")
    }
    #expect(AttemptNote.essence("exit code 1") == "exit code 1")
    #expect(AttemptNote.until("exit code 1") == nil)
  }
}
