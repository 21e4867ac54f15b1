import Foundation
import JobmonCore

/// `--events`: one JSON object a line, written as it happens.
final class EventWriter: RunObserver {
  /// Whether events go where the result goes, too.
  let isStandardOutput: Bool
  private let queue: OutputQueue

  /// - Parameters:
  ///   - target: a file, which is added to, or `-` for standard output. A FIFO is waited for until it has a reader.
  ///   - failed: gets a sentence, once, when nothing can be written any more: a reader that has gone, or a full disk,
  ///     does not stop the run.
  /// - Throws: ``RunRefusal`` with `invalid_usage` where the file cannot be opened.
  init(_ target: String, failed: @escaping @Sendable (String) -> Void) throws {
    isStandardOutput = target == "-"
    let descriptor = isStandardOutput ? STDOUT_FILENO : try Self.open(target)
    queue = OutputQueue(
      to: descriptor, line: { $0.json + "\n" },
      failed: { code in
        failed("--events: cannot be written any more (\(String(cString: strerror(code)))); the run continues")
      })
  }

  /// Only where there is nothing a file is made: what is there may be a FIFO or a device.
  private static func open(_ target: String) throws -> Int32 {
    let flags = O_WRONLY | O_APPEND | O_NOCTTY
    var descriptor = OSFile.open(target, flags)
    if descriptor < 0, errno == ENOENT { descriptor = OSFile.open(target, flags | O_CREAT) }
    guard descriptor >= 0 else { throw refusal(of: target, errno) }
    return descriptor
  }

  /// Whether the file could be opened, as far as that can be seen without opening or making it.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` where it could not.
  static func check(_ target: String) throws {
    if target == "-" { return }
    if let found = OSFile.status(target) {
      if found.st_mode & S_IFMT == S_IFDIR { throw refusal(of: target, EISDIR) }
      if !OSFile.can(target, W_OK) { throw refusal(of: target, errno) }
    } else {
      let code = errno
      let folder = target.utf8.contains(UInt8(ascii: "/")) ? OSFile.folder(of: target) : "."
      guard code == ENOENT, OSFile.can(folder, W_OK | X_OK) else { throw refusal(of: target, errno) }
    }
  }

  private static func refusal(of target: String, _ code: Int32) -> RunRefusal {
    let reason = String(cString: strerror(code))
    return RunRefusal(UsageFault.badValue(option: "--events", .eventFile(target, reason: reason)))
  }

  /// Writes what is left, and the result behind it where both go to standard output. A reader that takes nothing for
  /// two seconds is given up.
  ///
  /// - Throws: ``OutputFailure`` where standard output could not be written.
  func end(result: StyledText) throws(OutputFailure) {
    if isStandardOutput { queue.post(forPeople: result) }
    end()
    if isStandardOutput, let code = queue.failure { throw OutputFailure(code: code) }
  }

  /// Writes what is left. A reader that takes nothing for two seconds is given up.
  func end() {
    let left = queue.drain()
    if left.events > 0 { Console.error("--events: \(CountText.of(left.events, "event")) were not delivered") }
    if left.others > 0 { Console.error("--events: the result was not delivered") }
  }

  // MARK: What the driver says

  var wantsEvents: Bool { true }
  func changed(_ events: [StatusEvent]) { queue.post(events) }
  func began(_ start: RunStart) {}
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {}
  func noticed(_ text: String) {}
  func interrupted(_ interruption: RunInterruption) {}
}
