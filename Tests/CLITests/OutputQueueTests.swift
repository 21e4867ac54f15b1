import Foundation
import JobmonCore
import Synchronization
import Testing

@testable import JobmonCLI

@Suite("The queue of lines to a reader")
struct OutputQueueTests {
  /// A pipe of one page that the test reads. poll reports it as writable when it is empty.
  private final class Pipe {
    let reader: Int32
    let writer: Int32
    private var rest = ""

    init() {
      var ends: [Int32] = [0, 0]
      precondition(pipe(&ends) == 0)
      (reader, writer) = (ends[0], ends[1])
      // F_SETPIPE_SZ
      precondition(fcntl(writer, 1031, 4096) == 4096)
      signal(SIGPIPE, SIG_IGN)
    }

    deinit {
      close(reader)
      close(writer)
    }

    /// Reads the next line.
    func line() -> String {
      while !rest.contains("\n") {
        var bytes = [UInt8](repeating: 0, count: 512)
        let size = read(reader, &bytes, bytes.count)
        precondition(size > 0)
        rest += String(decoding: bytes[..<size], as: UTF8.self)
      }
      let line = rest.prefix { $0 != "\n" }
      rest.removeFirst(line.count + 1)
      return line.split(separator: " x").first.map(String.init) ?? ""
    }

    /// Reads all lines up to and including this one.
    func lines(through last: String) -> [String] {
      var lines = [line()]
      while lines.last != last { lines.append(line()) }
      return lines
    }
  }

  private func events(_ seqs: Range<Int64>) -> [StatusEvent] {
    seqs.map { StatusEvent(seq: $0, time: .now, kind: .task, id: 1, workflowID: 7, from: nil, to: "DONE") }
  }

  /// An event as 100 bytes that begin with its seq, and a notice with the number of dropped events and their last seq.
  private static func line(_ event: EventLine) -> String {
    let text =
      switch event {
      case .event(let event): "\(event.seq) "
      case .dropped(let events): "\(events.first) dropped \(events.count) to \(events.last) "
      }
    return text + String(repeating: "x", count: max(0, 99 - text.utf8.count)) + "\n"
  }

  @Test("lines that fit arrive in order")
  func order() {
    let pipe = Pipe()
    let queue = OutputQueue(to: pipe.writer, line: Self.line, failed: { _ in })
    queue.post("first\n")
    queue.post(events(1..<101))
    queue.post(ifRoom: "notice\n")
    queue.post("last\n")
    #expect(pipe.lines(through: "last") == ["first"] + (1...100).map { "\($0)" } + ["notice", "last"])
    #expect(queue.drain() == OutputQueue.Undelivered())
  }

  @Test("events that do not fit are dropped and reported, and messages are never dropped")
  func dropping() {
    let pipe = Pipe()
    let queue = OutputQueue(to: pipe.writer, limit: 1000, line: Self.line, failed: { _ in })
    // Nothing is read before the test reads; the queue has room for ten events.
    #expect(write(pipe.writer, String(repeating: "x", count: 4095) + "\n", 4096) == 4096)
    queue.post(events(1..<201))
    queue.post(events(201..<301))
    queue.post(ifRoom: "notice\n")
    queue.post("message\n")
    queue.post(events(301..<401))
    let told = pipe.lines(through: "301 dropped 100 to 400").dropFirst()
    #expect(
      Array(told) == (1...10).map { "\($0)" } + [
        "11 dropped 290 to 300", "message", "301 dropped 100 to 400",
      ])
    queue.post(events(401..<402))
    #expect(pipe.line() == "401")
    #expect(queue.drain() == OutputQueue.Undelivered())
  }

  @Test("a reader that reads nothing is given up, and undelivered lines are counted")
  func givingUp() {
    let pipe = Pipe()
    let queue = OutputQueue(to: pipe.writer, line: Self.line, failed: { _ in })
    queue.post(events(1..<101))
    queue.post("result\n")
    let began = Instant.now.monotonic
    let left = queue.drain(patience: 100)
    #expect(left.others == 1 && left.events == 100 - 4096 / 100, "\(left)")
    #expect((100..<2000).contains(Instant.now.monotonic - began))
    // The writer still wants to write: it must end before the descriptor is reused.
    #expect(pipe.lines(through: "result").count == 101)
    #expect(queue.drain() == OutputQueue.Undelivered())
  }

  @Test("a slow reader is waited for")
  func slow() {
    let pipe = Pipe()
    let queue = OutputQueue(to: pipe.writer, line: Self.line, failed: { _ in })
    queue.post(events(1..<501))
    let reader = pipe.reader
    let read = Mutex(0)
    let hasRead = DispatchSemaphore(value: 0)
    let thread = Thread {
      var bytes = [UInt8](repeating: 0, count: 2000)
      while read.withLock({ $0 }) < 50_000 {
        usleep(20_000)
        let size = Glibc.read(reader, &bytes, bytes.count)
        read.withLock { $0 += size }
      }
      hasRead.signal()
    }
    thread.start()
    // The whole takes half a second, but no single wait takes 0.3 s.
    #expect(queue.drain(patience: 300) == OutputQueue.Undelivered())
    #expect(read.withLock { $0 } >= 50_000 - 4096)
    // The thread still wants to read: it must end before the descriptor is reused.
    hasRead.wait()
  }

  @Test("a closed pipe is reported once, and posting has no effect after that")
  func gone() {
    let pipe = Pipe()
    let failures = Mailbox<Int32>()
    let queue = OutputQueue(to: pipe.writer, limit: 1000, line: Self.line, failed: { failures.post([$0]) })
    // Keep the descriptor open, so that it is not reused.
    let folder = open("/", O_RDONLY | O_CLOEXEC)
    dup2(folder, pipe.reader)
    close(folder)
    queue.post(events(1..<2))
    #expect(failures.take(within: 5000) == [EPIPE])
    queue.post(events(1..<1000))
    #expect(queue.drain() == OutputQueue.Undelivered())
    #expect(queue.failure == EPIPE && failures.take(within: 0).isEmpty)
  }

  @Test("a file receives all lines")
  func file() throws {
    let path = FileManager.default.temporaryDirectory.path + "/jobmon-queue-\(UUID().uuidString)"
    let file = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    defer {
      close(file)
      unlink(path)
    }
    let queue = OutputQueue(to: file, limit: 200, line: Self.line, failed: { _ in })
    queue.post(events(1..<5001))
    #expect(queue.drain() == OutputQueue.Undelivered())
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != " " } } == (1...5000).map { "\($0)" })
  }
}
