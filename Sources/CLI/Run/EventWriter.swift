import Foundation
import JobmonCore

/// `--events`: one JSON object per line, written at once.
final class EventWriter: RunObserver {
  /// Whether the events go to standard output. The summary then goes to standard error.
  let isStandardOutput: Bool
  private let queue: OutputQueue

  /// - Parameters:
  ///   - target: a file to append to, or `-` for standard output. Opening a FIFO waits for a reader.
  ///   - failed: called with a sentence, once, when nothing can be written any more. A closed pipe or a full disk does
  ///     not stop the run.
  /// - Throws: ``RunRefusal`` with `invalid_usage` if the file cannot be opened.
  init(_ target: String, failed: @escaping @Sendable (String) -> Void) throws {
    isStandardOutput = target == "-"
    let descriptor = isStandardOutput ? STDOUT_FILENO : try Self.open(target)
    queue = OutputQueue(
      to: descriptor, line: { $0.json + "\n" },
      failed: { code in
        failed(
          "--events: cannot write any more events (\(String(cString: strerror(code)))); the run continues")
      })
  }

  /// Creates a file only if nothing exists at the path: it may be a FIFO or a device.
  private static func open(_ target: String) throws -> Int32 {
    let flags = O_WRONLY | O_APPEND | O_NOCTTY
    var descriptor = OSFile.open(target, flags)
    if descriptor < 0, errno == ENOENT { descriptor = OSFile.open(target, flags | O_CREAT) }
    guard descriptor >= 0 else { throw refusal(of: target, errno) }
    return descriptor
  }

  /// Checks whether the file could be opened, as far as possible without opening or creating it.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` if it could not.
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

  /// Writes the remaining events. Stops waiting if the reader reads nothing for 2 s.
  func end() {
    let left = queue.drain()
    if left.events > 0 {
      Console.error(
        "--events: \(CountText.of(left.events, "event was", plural: "events were")) not delivered")
    }
  }

  /// - Throws: ``OutputFailure`` if the events went to standard output and could not be written.
  func requireWritten() throws(OutputFailure) {
    if isStandardOutput, let code = queue.failure { throw OutputFailure(code: code) }
  }

  // MARK: RunObserver

  var wantsEvents: Bool { true }
  func changed(_ events: [StatusEvent]) { queue.post(events) }
  func began(_ start: RunStart) {}
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {}
  func noticed(_ text: String) {}
  func interrupted(_ interruption: RunInterruption) {}
}
