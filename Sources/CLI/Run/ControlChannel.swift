import Foundation
import JobmonCore

/// `--control FD`: lines of JSON between this run and the program that started it (docs/control.md).
///
/// The run writes its events and the questions for callbacks. It reads the answers and stop requests. If the program at
/// the other end exits, the run stops as after an interrupt. If the program does not read, the run does not wait:
/// events and notices are dropped.
final class ControlChannel: RunObserver, ResourceResolver, @unchecked Sendable {
  /// Maximum length of a line, in bytes; a longer line is invalid.
  private static let longestLine = 1 << 20

  private let input: Int32
  private let output: OutputQueue
  private let lock = NSLock()
  private var answers: [Int: @Sendable (ResolvedResources) -> Void] = [:]
  private var questions = 0
  private var hasGone = false
  private var stop: (@Sendable () -> Void)?

  /// - Parameter descriptors: `3` for a socket, or `3,4` for one descriptor to read and one to write.
  init(_ descriptors: String) throws {
    let (first, last) = try Self.open(descriptors)
    input = first
    // The reading thread detects the other program's exit.
    output = OutputQueue(
      to: last, line: { "{\"type\":\"event\",\"event\":\($0.json)}\n" }, failed: { _ in })
    // The tasks' commands must not inherit them.
    for descriptor in [first, last] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }

  /// The descriptors; both must be open.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage`.
  static func open(_ descriptors: String) throws -> (input: Int32, output: Int32) {
    let parts = descriptors.split(separator: ",", omittingEmptySubsequences: false).map { Int32($0) }
    guard (1...2).contains(parts.count), let first = parts[0], let last = parts[parts.count - 1],
      first >= 0, last >= 0, fcntl(first, F_GETFD) >= 0, fcntl(last, F_GETFD) >= 0
    else {
      throw RunRefusal(UsageFault.badValue(option: "--control", .descriptors(descriptors)))
    }
    return (first, last)
  }

  /// Starts reading.
  ///
  /// - Parameter stop: called when the program requests a stop, or exits.
  func start(stop: @escaping @Sendable () -> Void) {
    self.stop = stop
    let thread = Thread { [self] in read() }
    thread.name = "control"
    thread.start()
  }

  // MARK: Out

  func began(_ start: RunStart) {
    post([
      "type": "started", "workflow_id": .integer(start.workflowID),
      "workflow_run_id": .integer(start.workflowRunID),
      "name": .string(start.name), "workflow_args": .string(start.workflowArgs),
      "tasks_total": JSONValue(start.tasksTotal),
      "tasks_previously_done": JSONValue(start.tasksPreviouslyDone),
    ])
  }

  var wantsEvents: Bool { true }
  func changed(_ events: [StatusEvent]) { output.post(events) }

  func noticed(_ text: String) {
    output.post(ifRoom: Self.line(["type": "notice", "text": .string(text)]))
  }

  func noticed(_ text: String, advice: Advice) { noticed(advice.commands(after: text)) }

  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {}
  func interrupted(_ interruption: RunInterruption) {}

  /// Writes the last line, the result as in `-o json`, and waits until everything is read. Stops waiting if the program
  /// reads nothing for 2 s.
  func ended(_ result: String) {
    output.post("{\"type\":\"result\",\"result\":\(result)}\n")
    end()
  }

  /// The same without a result.
  func end() {
    let left = output.drain()
    if left.events > 0 {
      Console.error(
        "--control: \(CountText.of(left.events, "event was", plural: "events were")) not delivered")
    }
    if left.others > 0 {
      Console.error(
        "--control: \(CountText.of(left.others, "other message was", plural: "other messages were")) not delivered"
      )
    }
  }

  func resolve(_ question: ResourceQuestion, answer: @escaping @Sendable (ResolvedResources) -> Void) {
    lock.lock()
    questions += 1
    let id = questions
    let hasGone = hasGone
    if !hasGone { answers[id] = answer }
    lock.unlock()
    if hasGone { return answer(.failed("the calling program has ended")) }
    post([
      "type": "resolve", "id": JSONValue(id), "callback": .string(question.callback),
      "task_id": .integer(question.task), "task_name": .string(question.taskName),
      "template": .string(question.template),
      "arguments": .object(question.arguments.mapValues { .string($0) }),
      "request": Self.json(question.request), "ran_out": JSONValue(question.ranOut?.rawValue),
      "failures": JSONValue(question.failures),
    ])
  }

  private static func json(_ request: ResourceRequest) -> JSONValue {
    .object([
      "cores": JSONValue(request.cores), "memory_bytes": request.memory.map { .integer($0) } ?? .null,
      "runtime_seconds": request.runtime.map { .integer($0) } ?? .null, "queue": JSONValue(request.queue),
      "project": JSONValue(request.project), "constraints": JSONValue(request.constraints),
    ])
  }

  private static func line(_ members: [String: JSONValue]) -> String {
    JSONText.line(.object(members)) + "\n"
  }

  /// Posts a message that must not be dropped.
  private func post(_ members: [String: JSONValue]) { output.post(Self.line(members)) }

  // MARK: In

  private func read() {
    _ = LineSplitter.read(input, longest: Self.longestLine) { lines, tooLong in
      for line in lines { take(Array(line)) }
      if tooLong > 0 { complain("a line is longer than \(Self.longestLine) bytes") }
    }
    lock.lock()
    hasGone = true
    let left = answers
    answers = [:]
    lock.unlock()
    for id in left.keys.sorted() { left[id]?(.failed("the calling program has ended")) }
    stop?()
  }

  private func take(_ line: [UInt8]) {
    if TextLines.isBlank(line) { return }
    do {
      switch try ControlMessage(line: line) {
      case .stop: stop?()
      case .resolved(let id, let answer):
        lock.lock()
        let waiting = answers.removeValue(forKey: id)
        lock.unlock()
        guard let waiting else { return complain("no question has the id \(id)") }
        waiting(answer)
      }
    } catch let refusal as RunRefusal {
      complain(refusal.commandMessage)
    } catch {
      complain("\(error)")
    }
  }

  private func complain(_ text: String) { post(["type": "error", "message": .string(text)]) }
}
