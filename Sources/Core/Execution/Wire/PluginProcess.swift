import CLinux
import Foundation
import JobmonModel
import Synchronization

/// A plugin's process and the pipes to it. Separate threads write its standard input, read its standard output and
/// error, and wait for its end, so that sending to it never blocks.
final class PluginProcess: Sendable {
  /// Maximum length of a line in bytes: an answer for some hundred thousand instances.
  static let longestLine = 64 << 20
  /// Maximum length of a complete line of its log in bytes.
  static let longestLogLine = 64 << 10

  /// Receives the messages of the process from the reading threads, in order per stream.
  struct Listener: Sendable {
    var replies: @Sendable ([Result<WireReply, WireLineError>]) -> Void
    var logged: @Sendable (_ lines: [String]) -> Void
    /// It has ended. All its messages were delivered before.
    var ended: @Sendable (_ how: String) -> Void
  }

  let process: pid_t
  private let input: Int32
  private let output: Int32
  private let log: Int32
  private let outbox = Mailbox<Message>()
  private let end = Mutex<String?>(nil)
  private let hasExited = DispatchGroup()
  private let hasEnded = DispatchGroup()
  private let hasSaidAll = DispatchGroup()

  private enum Message: Sendable {
    case call(WireCall)
    case close
  }

  /// Starts the program.
  ///
  /// - Throws: ``ExecutorError`` if the program cannot be started.
  init(_ command: [String], environment: [String], listener: Listener) throws {
    // A socket, because a write to a socket without a reader can be made without a signal.
    var stdin: [Int32] = [-1, -1]
    var stdout: [Int32] = [-1, -1]
    var stderr: [Int32] = [-1, -1]
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, flags, 0, &stdin) == 0, clinux_pipe(&stdout) == 0,
      clinux_pipe(&stderr) == 0
    else {
      let why = String(cString: strerror(errno))
      for file in stdin + stdout + stderr where file >= 0 { close(file) }
      throw ExecutorError("cannot start \(command[0]): \(why)")
    }
    defer { for file in [stdin[1], stdout[1], stderr[1]] { close(file) } }
    do {
      process = try SessionProcess.start(
        command[0], words: command, environment: environment,
        wiring: [0: .descriptor(stdin[1]), 1: .descriptor(stdout[1]), 2: .descriptor(stderr[1])])
    } catch {
      for file in [stdin[0], stdout[0], stderr[0]] { close(file) }
      throw ExecutorError("\(error)")
    }
    (input, output, log) = (stdin[0], stdout[0], stderr[0])
    hasExited.enter()
    hasEnded.enter()
    for _ in ["output", "log"] { hasSaidAll.enter() }
    run("plugin input") { $0.write() }
    run("plugin log") { plugin in
      plugin.readLog(listener.logged)
      plugin.hasSaidAll.leave()
    }
    run("plugin output") { plugin in
      plugin.readReplies(listener.replies)
      // A process that closes its output can no longer be used. Most close it by ending, and then the exit status is
      // wanted.
      if plugin.hasExited.wait(timeout: .now() + 1) == .timedOut { plugin.kill() }
      plugin.hasSaidAll.leave()
    }
    run("plugin end") { plugin in
      SessionProcess.awaitEnd(of: plugin.process)
      let how = plugin.end.withLock { end in
        let how = SessionProcess.reap(plugin.process)
        end = how
        return how
      }
      plugin.hasExited.leave()
      // Its descendants may keep its output and log open forever.
      _ = plugin.hasSaidAll.wait(timeout: .now() + 1)
      plugin.outbox.post([.close])
      plugin.hasEnded.leave()
      listener.ended(how)
    }
  }

  deinit {
    for file in [input, output, log] { close(file) }
  }

  func send(_ calls: [WireCall]) { outbox.post(calls.map { .call($0) }) }

  /// Closes its standard input after everything that was sent.
  func hangUp() { outbox.post([.close]) }

  /// Kills it and all processes in its process group.
  func kill() {
    end.withLock { if $0 == nil { Foundation.kill(-process, SIGKILL) } }
  }

  /// Whether it has ended within this number of seconds.
  func waitForEnd(_ seconds: Double) -> Bool { hasEnded.wait(timeout: .now() + seconds) == .success }

  private func run(_ name: String, _ work: @escaping @Sendable (PluginProcess) -> Void) {
    let thread = Thread { [self] in work(self) }
    thread.name = name
    thread.start()
  }

  private func write() {
    while true {
      for message in outbox.take(within: nil) {
        switch message {
        case .close:
          shutdown(input, Int32(SHUT_WR))
          return
        case .call(let call):
          // Messages consist of numbers, texts and lists, so encoding cannot fail. Messages to a dead process are lost;
          // its end is noticed by the reading thread.
          send(try! call.line())
        }
      }
    }
  }

  private func send(_ line: Data) {
    line.withUnsafeBytes { bytes in
      var start = 0
      while start < bytes.count {
        let sent = Foundation.send(
          input, bytes.baseAddress! + start, bytes.count - start, Int32(MSG_NOSIGNAL))
        if sent > 0 { start += sent } else if errno != EINTR { return }
      }
    }
  }

  private func readReplies(_ said: ([Result<WireReply, WireLineError>]) -> Void) {
    func oddity(_ text: String) -> Result<WireReply, WireLineError> {
      .failure(WireLineError(id: nil, WireFault(code: WireFault.parse, message: text)))
    }
    let rest = LineSplitter.read(output, longest: Self.longestLine) { lines, tooLong in
      var replies: [Result<WireReply, WireLineError>] = lines.map { line in
        Result { () throws(WireLineError) in try WireReply(line: line) }
      }
      if tooLong > 0 { replies.append(oddity("a line of more than \(Self.longestLine >> 20) MiB")) }
      said(replies)
    }
    if !rest.isEmpty { said([oddity("its last line is incomplete")]) }
  }

  private func readLog(_ said: ([String]) -> Void) {
    func text(_ line: Data) -> String {
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    let rest = LineSplitter.read(log, longest: Self.longestLogLine) { lines, tooLong in
      said(
        lines.map(text)
          + Array(repeating: "(a line of more than \(Self.longestLogLine >> 10) KiB)", count: tooLong))
    }
    if !rest.isEmpty { said([text(rest)]) }
  }
}
