import Foundation
import JobmonModel
import Logging
import Synchronization

/// The plugin's end of the connection: reads calls from standard input, one at a time, passes them to an executor, and
/// writes the executor's events.
final class PluginServer: Sendable {
  private let executor: any Executor
  private let wire: Int32
  private let outbox = Mailbox<Message>()
  private let written = DispatchGroup()
  /// The `validate` calls that are not answered, in order.
  private let validations = Mutex<[(call: Int, requests: [ResourceRequest])]>([])

  private enum Message: Sendable {
    case replies([WireReply])
    case end
  }

  /// Reserves standard output for the protocol. Everything printed from now on goes to standard error.
  init(_ executor: any Executor) {
    self.executor = executor
    wire = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    written.enter()
    let thread = Thread { [self] in
      write()
      written.leave()
    }
    thread.name = "wire"
    thread.start()
  }

  /// Serves until the host closes the connection.
  func serve() -> Never {
    var isStopped = false
    let rest = LineSplitter.read(STDIN_FILENO, longest: PluginProcess.longestLine) { lines, tooLong in
      for line in lines where take(line) { isStopped = true }
      for _ in 0..<tooLong {
        reply([.failed(id: 0, WireFault(code: WireFault.parse, message: "the line is too long"))])
      }
    }
    if !rest.isEmpty { _ = take(rest) }
    if !isStopped { executor.stop(.leaveRunning) }
    outbox.post([.end])
    written.wait()
    exit(0)
  }

  /// Performs the call in a line.
  ///
  /// - Returns: whether it was `stop`.
  private func take(_ line: Data) -> Bool {
    let call: WireCall
    do {
      call = try WireCall(line: line)
    } catch {
      reply([.failed(id: error.id ?? 0, error.fault)])
      return false
    }
    do {
      let isStop = try perform(call)
      reply([.done(id: call.id)])
      return isStop
    } catch {
      reply([.failed(id: call.id, WireFault(code: WireFault.cannot, message: "\(error)"))])
      return false
    }
  }

  private func perform(_ call: WireCall) throws -> Bool {
    switch call.request {
    case .start(let start):
      var logger = Logger(label: start.cluster, factory: { StreamLogHandler.standardError(label: $0) })
      logger.logLevel = .info
      let context = ExecutorContext(
        cluster: start.cluster, options: start.options, runUUID: start.runUUID,
        workingDirectory: start.workingDirectory, environment: start.environment, killGrace: start.killGrace,
        logger: logger)
      try executor.start(context, events: Sink(server: self))
    case .validate(let requests):
      validations.withLock { $0.append((call.id, requests)) }
      executor.validate(requests)
    case .submit(let batch): executor.submit(batch)
    case .cancel(let instances): executor.cancel(instances)
    case .withdraw(let instances): executor.withdraw(instances)
    case .recover(let batches): executor.recover(batches)
    case .acknowledge(let instances): executor.acknowledge(instances)
    case .stop(let mode):
      executor.stop(mode)
      return true
    }
    return false
  }

  private func reply(_ replies: [WireReply]) { outbox.post([.replies(replies)]) }

  private func say(_ events: [ExecutorEvent]) {
    reply(
      events.compactMap { event in
        guard case .validated(let requests, let verdicts) = event else { return .notice(.event(event)) }
        let call = validations.withLock { waiting -> Int? in
          guard let index = waiting.firstIndex(where: { $0.requests == requests }) else { return nil }
          return waiting.remove(at: index).call
        }
        return call.map { .notice(.validated(call: $0, verdicts)) }
      })
  }

  private struct Sink: ExecutorEventSink {
    let server: PluginServer
    func post(_ events: [ExecutorEvent]) { server.say(events) }
  }

  /// Writes until the end of the replies, or until no reader is left.
  private func write() {
    var isHeard = true
    while true {
      var lines = Data()
      var isOver = false
      for message in outbox.take(within: nil) {
        switch message {
        // Messages consist of numbers, texts and lists, so encoding cannot fail.
        case .replies(let replies): for reply in replies { lines += try! reply.line() }
        case .end: isOver = true
        }
        if lines.count > 1 << 16 {
          isHeard = isHeard && send(lines)
          lines = Data()
        }
      }
      isHeard = isHeard && send(lines)
      if isOver { return }
    }
  }

  private func send(_ lines: Data) -> Bool {
    lines.withUnsafeBytes { Descriptor.write($0, to: wire) == 0 }
  }
}
